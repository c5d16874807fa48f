"""A channel is received into the library: the head-end's sender and the real daemon in a network of their own."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

from station import BIN, Station, media

GROUP, PORT = "239.255.7.7", 40077
IN_NAMESPACE = "EDU_IN_NAMESPACE"
KILLS = int(os.environ.get("EDU_KILLS", "3"))
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

    def test_after_kill_9_reception_goes_on_and_nothing_partial_is_seen(self):
        self.course("multicast-20.mp4")
        carousel = subprocess.Popen(self.sender("--forever", "--rate", "4M"), stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)
        self.addCleanup(carousel.wait)
        self.addCleanup(carousel.terminate)
        for _ in range(KILLS):
            self.station.wait("some packets", lambda: self.channel()["datagrams"] > 20)
            self.station.kill()
            self.station.daemon = None
            self.station.start()
        self.station.wait("the course", lambda: len(self.library()) == 1)
        self.assertEqual(len(self.station.rows("book", "reception")), 1)
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
