"""A channel is received into the library: the head-end's sender and the real daemon in a network of their own."""
import hashlib
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import unittest

from station import BIN, Station, media

GROUP, PORT = "239.255.7.7", 40077
IN_NAMESPACE = "EDU_IN_NAMESPACE"
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
        import json
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


if os.environ.get(IN_NAMESPACE) is None:
    # All of the above runs once more, where the loopback interface is nobody else's.
    script = f"ip link set lo up multicast on && ip route add 224.0.0.0/4 dev lo && exec {sys.executable} -B -m unittest -v test_multicast"
    environment = dict(os.environ, **{IN_NAMESPACE: "1"})

    class Multicast(unittest.TestCase):  # noqa: F811
        def test_in_a_network_of_its_own(self):
            done = subprocess.run(["unshare", "--user", "--map-root-user", "--net", "sh", "-c", script], env=environment,
                                  cwd=pathlib.Path(__file__).parent)
            self.assertEqual(done.returncode, 0)
