"""A channel is received into the library: the head-end's sender and the real daemon in a network of their own."""
import base64
import hashlib
import http.server
import json
import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import threading
import unittest
import urllib.parse

import namespaces
from station import BIN, Station, media

GROUP, PORT = "239.255.7.7", 40077
WRONG_GROUP = "239.255.7.8"  # of a channel whose settings have other Reed-Solomon points than the sender
KILLS = int(os.environ.get("EDU_KILLS", "3"))
KILLS_A_COURSE = 10
EXT_FTI = 16  # bytes that some datagrams have more
CHANNEL = f"""
[[channel]]
name = "测试频道"
group = "{GROUP}"
port = {PORT}
interface = "lo"

[[channel]]
name = "取值点写错的频道"
group = "{WRONG_GROUP}"
port = {PORT}
interface = "lo"
rs_points = "integers"
"""


class Multicast(unittest.TestCase):
    def setUp(self):
        self.station = Station(CHANNEL)
        self.addCleanup(self.station.close)
        self.courses = self.station.folder / "courses"
        self.courses.mkdir()
        self.station.start()
        self.station.wait("the channels to listen", lambda: self.channel()["listening"] and self.channel(1)["listening"])

    def channel(self, number=0):
        return json.loads(self.station.ask("--json", "--lang", "en", "status"))["channels"][number]

    def course(self, name):
        shutil.copy(media(name), self.courses / name)

    def sender(self, *options):
        return [BIN / "edustation-send", *options, "--group", GROUP, "--port", str(PORT), "--interface", "lo", self.courses]

    def library(self):
        return self.station.rows("library", "list")

    def test_what_is_sent_is_in_the_library_with_one_reception(self):
        self.course("multicast-5.mp4")
        subprocess.run(self.sender("--passes", "2"), check=True, capture_output=True)
        self.station.wait("the course", lambda: len(self.library()) == 1)
        self.assertEqual([row["means"] for row in self.station.rows("book", "reception")], ["multicast"])
        self.station.ask("journal", "verify")

    def numbered_course(self, number):
        """One more course like the others, with bytes of its own: an MP4 may end in a box that nobody reads."""
        data = media("multicast-20.mp4").read_bytes() + b"\0\0\0\x10free" + number.to_bytes(8, "big")
        for old in self.courses.iterdir():
            old.unlink()
        (self.courses / f"course-{number}.mp4").write_bytes(data)
        return hashlib.sha256(data).hexdigest()

    def stored(self):
        """What the library has on its disk, by what the bytes really are; a name that they do not have is a fault."""
        digests = set()
        for file in (self.station.data / "objects").rglob("*"):
            if file.is_file() and re.fullmatch("[0-9a-f]{64}", file.name):
                digest = hashlib.sha256(file.read_bytes()).hexdigest()
                self.assertEqual(file.name, digest)
                digests.add(digest)
        return digests

    def kill_in_reception(self, most, complete):
        """How many kills hit a reception that was not over: at most so many of one course."""
        for kills in range(most):
            wanted = self.moments.randrange(1, 250)
            self.station.wait("some packets", lambda: complete() or self.channel()["datagrams"] >= wanted)
            if complete():
                return kills
            self.station.kill()
            self.station.daemon = None
            self.station.start()
        return most

    def test_after_kill_9_reception_goes_on_and_nothing_partial_is_seen(self):
        """EDU_KILLS=200 takes some minutes. The moments differ from course to course, and some fall into the hand-over."""
        self.moments = random.Random(9)
        sent = set()
        kills = 0
        while kills < KILLS:
            sent.add(self.numbered_course(len(sent)))
            carousel = subprocess.Popen(self.sender("--forever", "--rate", "4M", "--tsi", str(len(sent))),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                complete = lambda: len(self.library()) == len(sent)  # noqa: E731
                kills += self.kill_in_reception(min(KILLS_A_COURSE, KILLS - kills), complete)
                self.station.wait("the course", complete)
            finally:
                carousel.terminate()
                carousel.wait()
            self.assertEqual(self.stored(), sent)
            self.assertEqual(len(self.station.rows("book", "reception")), len(sent))
        self.station.ask("journal", "verify")

    def send_with_losses(self, *options, group=GROUP):
        """One pass of the real sender, of whose full datagrams a fade takes every twentieth."""
        ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(0.5)
        sender = subprocess.Popen([BIN / "edustation-send", "--passes", "1", "--rate", "10M", "--group", "127.0.0.1", "--port",
                                   str(ear.getsockname()[1]), *options, self.courses], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        self.addCleanup(ear.close)
        heard = []
        while True:
            over = sender.poll() is not None
            try:
                heard.append(ear.recv(65536))
            except TimeoutError:
                if over:
                    break
        full = max(map(len, heard)) - EXT_FTI
        voice = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(voice.close)
        voice.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        for number, datagram in enumerate(heard):
            if len(datagram) < full or number % 20 != 7:
                voice.sendto(datagram, (group, PORT))

    def test_what_a_fade_took_comes_from_the_web_when_somebody_says_so(self):
        self.course("multicast-5.mp4")
        content = (self.courses / "multicast-5.mp4").read_bytes()
        web = RangeServer(content)
        self.addCleanup(web.close)
        manifest = {"title": "从网上补", "sha256": hashlib.sha256(content).hexdigest(), "url": web.url}
        (self.courses / "multicast-5.mp4.manifest.json").write_text(json.dumps(manifest))
        self.send_with_losses("--fec", "none")
        missing = lambda: [row for row in self.station.rows("reception", "list") if row["name"] == "multicast-5.mp4"]
        self.station.wait("something of the course", missing)
        number = missing()[0]["no"]
        gaps = json.loads(self.station.ask("reception", "gaps", number))
        self.assertIn("basis", gaps["expected"])
        self.assertGreater(len(gaps["runs"]), 1)
        self.station.wait("its manifest", lambda: json.loads(self.station.ask("reception", "gaps", number))["sha256"])
        self.assertIn(web.url, self.station.ask("--lang", "en", "reception", "fill", number, "--web"))
        self.station.wait("the course", lambda: len(self.library()) == 1)
        self.assertEqual([row["means"] for row in self.station.rows("book", "reception")], ["multicast"])
        self.assertTrue(web.ranges)
        self.station.ask("journal", "verify")

    def voice(self, address="127.0.0.1"):
        out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(out.close)
        out.bind((address, 0))
        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        return lambda datagrams: [out.sendto(datagram, (GROUP, PORT)) for datagram in datagrams]

    def receive_after_damage(self, between=lambda: None):
        course = media("multicast-5.mp4").read_bytes()
        send = self.voice()
        send(fdt(1, [("course.mp4", course, "video/mp4")]))
        packets = symbols(1, course)
        damaged = list(packets)
        damaged[7] = damaged[7][:-1] + bytes([damaged[7][-1] ^ 1])
        send(damaged)
        again = lambda: [one for one in self.channel()["objects"] if "1" in one["hindrance"]]  # noqa: E731
        self.station.wait("the damage", again)
        between()
        send(fdt(1, [("course.mp4", course, "video/mp4")]) + packets)
        self.station.wait("the course", lambda: len(self.library()) == 1)
        self.assertEqual(len(self.station.rows("book", "reception")), 1)
        self.assertEqual(self.stored(), {hashlib.sha256(course).hexdigest()})

    def test_a_damaged_pass_is_followed_by_a_good_one_and_there_is_one_record(self):
        self.receive_after_damage()

    def test_a_power_cut_between_a_damaged_pass_and_a_good_one_changes_nothing(self):
        def cut():
            self.station.kill()
            self.station.start()
            self.station.wait("the channel to listen", lambda: self.channel()["listening"])
        self.receive_after_damage(cut)

    def test_whatever_a_content_location_is_the_file_is_received_and_the_record_keeps_it(self):
        """The name that the station gives, by what senders write; the list of files is in GB18030."""
        names = {"/a1.ts": "a1", "/srv/media/a2.ts": "a2", "../a3.ts": "a3", "x/../a4.ts": "a4", "C:\\films\\a5.ts": "a5",
                 "films\\a6.ts": "a6", "D:/films/a7.ts": "a7", "http://h/dir/": "dir", "//h/a9.ts": "a9", "a10.ts.": "a10",
                 "a:b11.ts": "a_b11", "%D6%D0%CE%C412.ts": "中文12", "con.ts": "_con", "果树14.ts": "果树14"}
        course = media("segment-2.ts").read_bytes()
        courses = [course + null_packet(number) for number in range(len(names))]
        send = self.voice()
        send(fdt(1, [(name, content, "video/mp2t") for name, content in zip(names, courses)], text="gb18030"))
        for number, content in enumerate(courses):
            send(symbols(1 + number, content))
            self.station.wait("the course", lambda: len(self.station.rows("book", "reception")) > number)
        rows = sorted(self.station.rows("book", "reception"), key=lambda row: int(row["no"]))
        self.assertEqual([row["title"] for row in rows], list(names.values()))
        for row, name in zip(rows, names):
            shown = urllib.parse.unquote(name, "gb18030")
            self.assertTrue("stored" in row["remarks"] and (shown in row["source"] or shown == row["title"] + ".ts"), row)

    def check_that_points_are_found(self, *options):
        course = media("multicast-20.mp4").read_bytes()
        (self.courses / "course.mp4").write_bytes(course)
        self.send_with_losses("--fec", "rs", *options, group=WRONG_GROUP)
        self.station.wait("the course", lambda: len(self.library()) == 1)
        self.assertEqual(self.stored(), {hashlib.sha256(course).hexdigest()})
        self.assertEqual(len(self.station.rows("book", "reception")), 1)
        self.station.wait("the channel to tell", lambda: self.channel(1)["repaired_symbols"] > 0)
        self.station.wait("the mend", lambda: 'rs_points = "powers"' in self.station.ask("--lang", "en", "status"))

    def test_wrong_points_are_found_and_corrected(self):
        self.check_that_points_are_found()

    def test_wrong_points_are_found_where_no_digest_could_tell(self):
        self.check_that_points_are_found("--no-md5")

    def test_a_live_channel_has_one_line_and_nothing_is_kept(self):
        send = self.voice()
        for number in range(1, 41):
            segment = b"\0\0\0\x18styp" + bytes([number]) * 20_000
            name = f"video/chunk-stream0-{number:05}.m4s"
            send(fdt(number, [("live.mpd", b"<MPD/>", "application/dash+xml"), (name, segment, "video/mp4")], first_toi=2 * number))
            send(symbols(2 * number + 1, segment))
        self.check_that_it_was_a_live_channel()

    def test_a_live_channel_of_transport_streams_has_one_line_and_nothing_is_kept(self):
        """HLS: the playlist alone tells that these are no courses, each of which would play."""
        send = self.voice()
        segment = media("segment-2.ts").read_bytes()
        for number in range(300, 320):
            playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:{number}\n#EXTINF:2.0,\nseg{number}.ts\n".encode()
            content = segment + null_packet(number)
            send(fdt(number, [("live.m3u8", playlist, "application/vnd.apple.mpegurl"), (f"hls/seg{number}.ts", content, "video/mp2t")],
                     first_toi=2 * number))
            send(symbols(2 * number, playlist) + symbols(2 * number + 1, content))
        self.check_that_it_was_a_live_channel()

    def check_that_it_was_a_live_channel(self):
        self.station.wait("the line", lambda: self.station.rows("book", "reception"))
        self.station.wait("the note", lambda: self.channel()["notes"])
        self.assertTrue([note for note in self.channel()["notes"] if "live channel" in note], self.channel()["notes"])
        rows = self.station.rows("book", "reception")
        self.assertEqual(len(rows), 1, rows)
        self.assertIn("live channel", rows[0]["remarks"])
        self.assertEqual(self.library(), [])
        kept = [file for file in self.station.data.rglob("*") if file.is_file() and file.stat().st_size > 10_000
                and "multicast" in file.parts]
        self.assertEqual(kept, [])

    def test_a_junk_sender_beside_an_honest_one(self):
        self.course("multicast-5.mp4")
        junk = self.voice("127.0.0.66")
        noise = random.Random(5)
        memory = lambda: int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{self.station.daemon.pid}/status").read_text())[1])  # noqa: E731
        before = memory()
        honest = subprocess.Popen(self.sender("--forever", "--rate", "4M"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(honest.wait)
        self.addCleanup(honest.terminate)

        def complete():
            """Asked again and again, with more junk each time."""
            for number in range(200):
                body = noise.randbytes(1000)
                tsi = noise.randrange(1 << 31)
                junk([alc(tsi, 0, fdt_extensions(number, 3_000_000, 1000), b"\0\0" + bytes([0, number % 60]) + body),
                      alc(tsi, noise.randrange(1, 1 << 31), fti(900_000_000, 1000), b"\0\0\0\0" + body)])
            return len(self.library()) == 1

        self.station.wait("the course", complete)
        if not {"ASAN_OPTIONS", "TSAN_OPTIONS"} & set(os.environ):  # they keep what was given back
            self.assertLess(memory() - before, 100_000, "kB more than before")
        self.assertLess(sum(file.stat().st_blocks * 512 for file in (self.station.data / "multicast").rglob("*") if file.is_file()), 50e6)


def alc(tsi, toi, extensions, payload, codepoint=0):
    """An ALC packet with TSI and TOI of 32 bits."""
    words = 4 + len(extensions) // 4
    return bytes([0x10, 0xa0, words, codepoint]) + bytes(4) + tsi.to_bytes(4, "big") + toi.to_bytes(4, "big") + extensions + payload


def null_packet(number):
    """Of a transport stream, with content that nobody reads."""
    return b"\x47\x1f\xff\x10" + number.to_bytes(184, "big")


def fti(length, symbol, block=64):
    return bytes([64, 4]) + length.to_bytes(6, "big") + bytes(2) + symbol.to_bytes(2, "big") + block.to_bytes(4, "big")


def fdt_extensions(instance, length, symbol):
    return bytes([192]) + (2 << 20 | instance).to_bytes(3, "big") + fti(length, symbol)


def symbols(toi, content, symbol=1000, block=64, tsi=9, extensions=b""):
    """All packets of an object in No-Code."""
    count = -(-len(content) // symbol)
    blocks = -(-count // block)
    large, small, many = -(-count // blocks), count // blocks, count % blocks
    out, at = [], 0
    for sbn in range(blocks):
        for esi in range(large if sbn < many else small):
            out.append(alc(tsi, toi, extensions, sbn.to_bytes(2, "big") + esi.to_bytes(2, "big") + content[at:at + symbol]))
            at += symbol
    return out


def fdt(instance, files, first_toi=1, tsi=9, text="utf-8"):
    entries = "".join(
        f'<File TOI="{first_toi + i}" Content-Location="{name}" Content-Length="{len(content)}" Content-Type="{kind}" '
        f'Content-MD5="{base64.b64encode(hashlib.md5(content).digest()).decode()}"/>' for i, (name, content, kind) in enumerate(files))
    xml = ('<FDT-Instance xmlns="urn:ietf:params:xml:ns:fdt" Expires="4005442569" FEC-OTI-FEC-Encoding-ID="0" '
           f'FEC-OTI-Maximum-Source-Block-Length="64" FEC-OTI-Encoding-Symbol-Length="1000">{entries}</FDT-Instance>').encode(text)
    return symbols(0, xml, tsi=tsi, extensions=fdt_extensions(instance, len(xml), 1000))


class RangeServer:
    """One file on the web, by ranges alone."""

    def __init__(self, content):
        ranges = self.ranges = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                first, last = map(int, self.headers["Range"].removeprefix("bytes=").split("-"))
                ranges.append((first, last))
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
                self.send_header("Content-Length", str(last + 1 - first))
                self.end_headers()
                self.wfile.write(content[first:last + 1])

            def log_message(self, *_):
                pass

        self.httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.httpd.server_address[1]}/course.mp4"
        threading.Thread(target=self.httpd.serve_forever, daemon=True).start()

    def close(self):
        self.httpd.shutdown()
        self.httpd.server_close()


if not namespaces.inside():
    # All of the above runs once more, where the loopback interface is nobody else's.
    class Multicast(unittest.TestCase):  # noqa: F811
        def test_in_a_network_of_its_own(self):
            namespaces.run_again_inside(self, "test_multicast")
