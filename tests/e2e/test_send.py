"""The real sender on a real socket, in a network namespace of its own; an independent dissector reads along."""
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

import namespaces

BIN = pathlib.Path(os.environ["EDU_BIN"])
PATIENCE = 60  # seconds; only a fault needs them
GROUP, PORT = "239.1.2.3", 5004
NETWORK = ["ip link set lo up multicast on", "ip route add 224.0.0.0/4 dev lo", "ip -6 route add ff00::/8 dev lo table local"]
ETHERNET = b"\0" * 12 + b"\x08\x00"


def inside_namespace(command):
    """`command` in a network of its own; where there is none the test is skipped."""
    if namespaces.lacking():
        raise unittest.SkipTest(namespaces.lacking())
    return ["unshare", "-rn", "sh", "-c", "; ".join(NETWORK) + '; exec "$@"', "sh", *map(str, command)]


def recorded(arguments):
    """The command that runs this file's `arguments` there."""
    return inside_namespace([sys.executable, "-B", __file__, *arguments])


def listen(group, port):
    six = ":" in group
    ear = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ear.bind((group, port))
    if not six:  # Linux hands no IPv6 multicast back over lo: that is heard at ::1
        ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + socket.inet_aton("127.0.0.1"))
    return ear


def record(out, group, *options):
    """In the namespace: sends, and writes what was heard to `out`, each datagram behind its length."""
    ear = listen(group, PORT)
    sender = subprocess.Popen([BIN / "edustation-send", "--group", group, "--port", str(PORT), "--interface", "lo", "--json", *options])
    ear.settimeout(0.2)
    with open(out, "wb") as file:
        while True:
            ended = sender.poll() is not None
            try:
                datagram = ear.recv(65536)
                file.write(struct.pack(">I", len(datagram)) + datagram)
            except TimeoutError:
                if ended:
                    break
    sys.exit(sender.returncode)


def read_record(path):
    data, at, out = path.read_bytes(), 0, []
    while at < len(data):
        size = struct.unpack_from(">I", data, at)[0]
        out.append(data[at + 4:at + 4 + size])
        at += 4 + size
    return out


def write_pcap(path, datagrams):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for datagram in datagrams:
            udp = struct.pack(">HHHH", 40000, PORT, 8 + len(datagram), 0) + datagram
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 1, 17, 0, socket.inet_aton("127.0.0.1"),
                             socket.inet_aton(GROUP))
            frame = ETHERNET + ip + udp
            file.write(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)


class Send(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="edu-send-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.courses = self.folder / "courses"
        self.courses.mkdir()
        noise = random.Random(3)
        self.lesson = noise.randbytes(300_000)
        (self.courses / "果树.mp4").write_bytes(self.lesson)
        (self.courses / "果树.manifest.json").write_text('{"title": "果树"}\n')

    def send(self, *options, group=GROUP):
        out = self.folder / "heard"
        done = subprocess.run(recorded([out, group, "--rate", "200M", *options, self.courses]), capture_output=True,
                              text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.figures = json.loads(done.stdout)
        datagrams = read_record(out)
        self.assertEqual(len(datagrams), self.figures["packets"])
        self.assertEqual(sum(map(len, datagrams)), self.figures["payload_bytes"])
        return datagrams

    def dissect(self, datagrams):
        """One line a packet: is it malformed, codepoint, TOI, SBN, ESI."""
        capture = self.folder / "capture.pcap"
        write_pcap(capture, datagrams)
        fields = ["_ws.malformed", "_ws.expert.severity", "rmt-lct.codepoint", "rmt-lct.toi", "rmt-fec.sbn", "rmt-fec.esi",
                  "alc.version", "_ws.col.Protocol"]
        done = subprocess.run(["tshark", "-r", capture, "-d", f"udp.port=={PORT},alc", "-T", "fields", "-E", "separator=,",
                               *[word for field in fields for word in ("-e", field)]],
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [line.split(",") for line in done.stdout.splitlines()]
        self.assertEqual(len(rows), len(datagrams))
        return [dict(zip(fields, row)) for row in rows]

    def check_dissection(self, scheme, encoding, *options):
        datagrams = self.send("--once", "--fec", scheme, *options)
        rows = self.dissect(datagrams)
        for row in rows:
            self.assertEqual(row["_ws.malformed"], "", row)
            self.assertEqual(row["_ws.expert.severity"], "", row)
            self.assertIn(row["_ws.col.Protocol"], ("ALC", "ALC/XML"), row)
        data = [row for row in rows if row["rmt-lct.toi"] != "0" and row["rmt-fec.esi"]]
        self.assertEqual({row["rmt-lct.codepoint"] for row in data}, {str(encoding)})
        symbols = {(row["rmt-lct.toi"], row["rmt-fec.sbn"], row["rmt-fec.esi"]) for row in data}
        self.assertEqual(len(symbols), self.figures["source_symbols"] + self.figures["repair_symbols"])
        fdts = [row for row in rows if row["rmt-lct.toi"] == "0"]
        self.assertEqual(len(fdts), self.figures["fdt_packets"])

    def test_no_code_is_dissected(self):
        self.check_dissection("none", 0)
        self.check_dissection("none", 0, "--fti", "--flute", "1")

    @unittest.skipUnless(os.environ.get("EDU_RAPTORQ", "ON") == "ON", "left out of this build")
    def test_raptorq_is_dissected(self):
        self.check_dissection("raptorq", 6)
        self.check_dissection("raptorq", 6, "--fti")

    def test_small_block_codes_are_dissected(self):
        self.check_dissection("rs129", 129)
        self.check_dissection("rs129", 129, "--fti", "--flute", "1")

    def test_a_lesson_comes_out_of_its_datagrams_again(self):
        for group in (GROUP, "::1"):
            datagrams = self.send("--once", "--fec", "none", group=group)
            parts = {}
            for datagram in datagrams:
                header = datagram[2] * 4
                if datagram[10:12] == b"\0\2" and len(datagram) > header:
                    parts[datagram[header:header + 4]] = datagram[header + 4:]
            self.assertEqual(b"".join(parts[key] for key in sorted(parts)), self.lesson)
            self.assertLessEqual(max(map(len, datagrams)) + (28 if group == GROUP else 48), 1500)

    def test_ipv6_groups_are_sent_to(self):
        done = subprocess.run(inside_namespace([BIN / "edustation-send", "--group", "ff15::1234", "--port", PORT,
                                                "--interface", "lo", "--once", "--json", self.courses]),
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        figures = json.loads(done.stdout)
        self.assertGreater(figures["packets"], 200)
        self.assertEqual(figures["lost_packets"], 0)

    def test_the_end_closes_the_session(self):
        out = self.folder / "heard"
        sender = subprocess.Popen(recorded([out, GROUP, "--rate", "1M", "--forever", self.courses]),
                                  stdout=subprocess.PIPE, text=True, start_new_session=True)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not (out.exists() and out.stat().st_size > 100_000):
            time.sleep(0.05)
        children = pathlib.Path(f"/proc/{sender.pid}/task/{sender.pid}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGTERM)
        figures = json.loads(sender.communicate(timeout=PATIENCE)[0])
        self.assertEqual(sender.returncode, 0)
        self.assertGreater(figures["packets"], 50)
        last = read_record(out)[-1]
        self.assertTrue(last[1] & 2, last[:12].hex())  # RFC 5651's flag A

    def test_what_cannot_be_sent_is_said(self):
        for options, word in ((["--group", "239.1.2.3", "--port", "1", "/no/such"], "/no/such"),
                              (["--group", "nonsense", "--port", "1", self.courses], "nonsense"),
                              (["--group", "239.1.2.3", "--port", "1", "--interface", "no-card", self.courses], "no-card")):
            done = subprocess.run([BIN / "edustation-send", "--lang", "en", *options], capture_output=True, text=True, timeout=PATIENCE)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(word, done.stderr)


if __name__ == "__main__":
    record(sys.argv[1], sys.argv[2], *sys.argv[3:])
