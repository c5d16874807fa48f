"""Live channels into the library: real senders, the real daemon and its helper, in a network of their own."""
import datetime
import json
import os
import sqlite3
import subprocess
import unittest

import live_channels
import namespaces
from station import ZONE, Station

CHANNELS = """
[[live]]
name = "县台"
url = "udp://239.255.7.7:5004"
service = 101

[[live]]
name = "无信号"
url = "udp://239.255.7.9:5004"

[[live]]
name = "摄像头"
url = "rtsp://me:geheim@127.0.0.1:1/one"

[recording]
pre_roll_s = 1
post_roll_s = 0
"""


class Record(unittest.TestCase):
    def setUp(self):
        self.station = Station(CHANNELS)
        self.addCleanup(self.station.close)
        self.multiplex = live_channels.multiplex(self.station.folder)
        self.station.start()

    def send(self):
        sender = live_channels.Sender(self.multiplex, "udp://239.255.7.7:5004?pkt_size=1316&ttl=1")
        self.addCleanup(sender.end)
        return sender

    def source(self, name="县台"):
        return next(row for row in self.station.rows("source", "list") if row["name"] == name)

    def bytes_on_disk(self):
        return sum(file.stat().st_size for file in (self.station.data / "live").rglob("*.mkv"))

    def records_more(self, bytes_more=150_000):
        before = self.bytes_on_disk()
        self.station.wait("some of the channel", lambda: self.bytes_on_disk() >= before + bytes_more)

    def receptions(self):
        return self.station.rows("book", "reception")

    def received(self):
        self.station.wait("the reception", lambda: len(self.receptions()) == 1)
        self.station.wait("an empty list", lambda: not self.station.rows("record", "list"))
        self.station.ask("journal", "verify")
        return self.receptions()[0]

    def streams_in_the_library(self):
        objects = [f for f in (self.station.data / "objects").rglob("*") if f.is_file() and len(f.name) == 64]
        self.assertEqual(len(objects), 1)
        answer = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "json",
                                 str(objects[0])], check=True, capture_output=True)
        return sorted(one["codec_type"] for one in json.loads(answer.stdout)["streams"])

    def test_by_hand(self):
        self.send()
        self.assertIn("县台", self.station.ask("record", "start", "县台", "--title", "冬季剪枝"))
        self.assertNotEqual(self.station.run("record", "start", "县台").returncode, 0)
        self.records_more()
        self.station.wait("the signal", lambda: self.source()["state"] == "receiving")
        self.assertEqual(self.station.rows("record", "list")[0]["state"], "recording")
        self.station.ask("record", "stop", "县台")
        reception = self.received()
        self.assertEqual((reception["means"], reception["title"]), ("live", "冬季剪枝"))
        self.assertNotIn("lost", reception["remarks"])
        self.assertEqual(self.streams_in_the_library(), ["audio", "video"])

    def test_a_loss_of_signal_is_one_gap_in_one_file(self):
        sender = self.send()
        self.station.ask("record", "start", "县台")
        self.records_more()
        sender.end()
        self.station.wait("the loss to be seen", lambda: self.source()["state"] == "in trouble")
        self.send()
        self.station.wait("the signal", lambda: self.source()["state"] == "receiving")
        self.records_more()
        self.station.ask("record", "stop", "县台")
        self.assertIn("lost 1 times", self.received()["remarks"])
        self.assertEqual(self.streams_in_the_library(), ["audio", "video"])

    def test_after_kill_9_it_goes_on_with_a_gap(self):
        self.send()
        self.station.ask("record", "start", "县台")
        self.records_more()
        self.station.kill()
        self.station.daemon = None
        # Longer than what counts as a gap: the file's own time says how long the station was off.
        newest = max((self.station.data / "live").rglob("*.mkv"), key=lambda file: file.stat().st_mtime)
        past = newest.stat().st_mtime - 60
        os.utime(newest, (past, past))
        with sqlite3.connect(self.station.data / "station.db") as database:  # and it began as much earlier
            database.execute("UPDATE live_recording SET begin_ms = begin_ms - 60000")
        self.station.start()
        self.records_more()
        self.station.ask("record", "stop", "县台")
        reception = self.received()
        self.assertIn("lost 1 times", reception["remarks"])
        self.assertEqual(self.streams_in_the_library(), ["audio", "video"])

    def test_by_plan(self):
        self.send()
        start = datetime.datetime.now(ZONE) + datetime.timedelta(seconds=10)
        self.station.ask("record", "add", "县台", "--at", start.strftime("%Y-%m-%d %H:%M:%S"), "--duration", "1",
                         "--title", "农技大讲堂", "--repeat", "weekly")
        self.station.wait("the plan to begin", lambda: len(self.station.rows("record", "list")) == 2)
        self.records_more()
        plan = self.station.rows("record", "list")[-1]
        self.assertEqual((plan["plan"], plan["repeat"]), ("1", "FREQ=WEEKLY"))
        self.station.ask("record", "remove", plan["plan"], "--yes")
        self.station.ask("record", "stop", "县台")
        self.assertIn("农技大讲堂", self.received()["title"])

    def test_no_signal_is_one_refused_reception_and_a_password_is_never_told(self):
        self.station.ask("record", "start", "无信号")
        self.station.wait("the trouble", lambda: self.source("无信号")["state"] == "in trouble")
        self.station.ask("record", "stop", "无信号")
        self.assertIn("no signal", self.received()["remarks"])
        self.station.ask("record", "start", "摄像头")
        self.station.wait("the trouble", lambda: self.source("摄像头")["state"] == "in trouble")
        processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
        self.station.ask("record", "stop", "摄像头")
        self.station.wait("the reception", lambda: len(self.receptions()) == 2)
        told = processes + self.station.log.read_text() + self.station.ask("source", "list") + self.station.ask("book", "reception")
        self.assertNotIn("geheim", told)


if not namespaces.inside():
    class Record(unittest.TestCase):  # noqa: F811
        def test_in_a_network_of_its_own(self):
            namespaces.run_again_inside(self, "test_record")
