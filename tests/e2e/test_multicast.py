"""A channel is received into the library: the head-end's sender and the real daemon in a network of their own."""
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

import namespaces
from station import BIN, Station, media

GROUP, PORT = "239.255.7.7", 40077
KILLS = int(os.environ.get("EDU_KILLS", "3"))
KILLS_A_COURSE = 10
CHANNEL = f"""
[[channel]]
name = "测试频道"
group = "{GROUP}"
port = {PORT}
interface = "lo"
"""


class Multicast(unittest.TestCase):
    def setUp(self):
        self.station = Station(CHANNEL)
        self.addCleanup(self.station.close)
        self.courses = self.station.folder / "courses"
        self.courses.mkdir()
        self.station.start()
        self.station.wait("the channel to listen", lambda: self.channel()["listening"])

    def channel(self):
        return json.loads(self.station.ask("--json", "status"))["channels"][0]

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

    def send_with_losses(self):
        """One pass of the real sender, of whose full datagrams a fade takes every twentieth."""
        ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(0.5)
        sender = subprocess.Popen([BIN / "edustation-send", "--passes", "1", "--fec", "none", "--rate", "10M", "--group", "127.0.0.1",
                                   "--port", str(ear.getsockname()[1]), self.courses], stdout=subprocess.DEVNULL,
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
        full = max(map(len, heard))
        voice = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(voice.close)
        voice.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        for number, datagram in enumerate(heard):
            if len(datagram) < full or number % 20 != 7:
                voice.sendto(datagram, (GROUP, PORT))

    def test_what_a_fade_took_comes_from_the_web_when_somebody_says_so(self):
        self.course("multicast-5.mp4")
        content = (self.courses / "multicast-5.mp4").read_bytes()
        web = RangeServer(content)
        self.addCleanup(web.close)
        manifest = {"title": "从网上补", "sha256": hashlib.sha256(content).hexdigest(), "url": web.url}
        (self.courses / "multicast-5.mp4.manifest.json").write_text(json.dumps(manifest))
        self.send_with_losses()
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
