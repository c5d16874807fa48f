"""What comes in at the doors of the station and should not: through the inbox, the roster, the command line."""
import json
import os
import socket

from station import Station, StationTest, media


class Doors(StationTest):
    def refused(self, name, content):
        file = self.station.folder / "bad-one"
        file.write_bytes(content)
        file = file.rename(self.station.folder / name)
        self.station.receive(file)
        row = self.station.rows("book", "reception")[-1]
        self.assertTrue(row["remarks"].startswith("refused: "), row)
        return row["remarks"]

    def test_a_playlist_in_disguise_touches_no_network(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            listener.setblocking(False)
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/x.ts"
            self.refused("hls.mp4", f"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:5,\n{url}\n#EXT-X-ENDLIST\n".encode())
            self.refused("edl.mp4", f"# mpv EDL v0\n{url},0,5\n".encode())
            self.refused("concat.mp4", f"ffconcat version 1.0\nfile '{url}'\n".encode())
            with self.assertRaises(BlockingIOError):
                listener.accept()

    def test_a_file_named_in_gb18030_gets_a_readable_title(self):
        part = self.station.data / ".part"
        # A file without tags of its own, so that the name is the title.
        import subprocess
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", media("radio-3.mp3"), "-map_metadata", "-1", "-c", "copy", "-f",
                        "mp3", part], check=True)
        os.rename(part, os.fsencode(self.station.data / "inbox") + b"/" + "果树修剪".encode("gb18030") + b".mp3")
        self.station.wait("the reception", lambda: len(self.station.rows("book", "reception")) == 1)
        self.assertEqual(self.station.rows("library", "list")[0]["title"], "果树修剪")

    def test_links_and_pipes_in_the_inbox_are_refused(self):
        inbox = self.station.data / "inbox"
        os.mkfifo(inbox / "pipe.mp4")
        os.symlink("/etc/passwd", inbox / "link.mp4")
        self.station.wait("both", lambda: len(self.station.rows("book", "reception")) == 2)
        for row in self.station.rows("book", "reception"):
            self.assertTrue(row["remarks"].startswith("refused"), row)
        self.assertEqual(self.station.rows("library", "list"), [])

    def test_a_bad_roster_names_its_lines_and_changes_nothing(self):
        self.station.enrol(2)
        bad = self.station.folder / "bad.csv"
        bad.write_text("编号,姓名,类别\n7,张三,党员\n7,李四,党员\n8,,党员\n9,王五,皇帝\n")
        done = self.station.run("roster", "import", bad)
        self.assertEqual(done.returncode, 1)
        for line in ("3", "4", "5"):
            self.assertIn(line, done.stderr + done.stdout)
        self.assertEqual(len(self.station.rows("roster", "list")), 2)

    def test_programmes_that_cannot_be_are_refused_with_the_reason(self):
        station = self.station
        station.receive(media("long-30.mp4"))
        station.add_programme(600, 1)
        at = station.rows("timeline")[0]
        over = station.run("--lang", "en", "programme", "add", "--title", "二", "--kind", "open", "--courseware", 1, "--start",
                           self.start_of(at))
        self.assertEqual(over.returncode, 1)
        self.assertIn("测试节目", over.stderr + over.stdout)
        past = station.run("--lang", "en", "programme", "add", "--title", "三", "--kind", "open", "--courseware", 1, "--start",
                           "2020-01-01 10:00")
        self.assertEqual(past.returncode, 1)
        never_ends = station.run("programme", "add", "--title", "四", "--kind", "open", "--courseware", 1, "--start",
                                 "2030-01-01 10:00", "--rrule", "FREQ=SECONDLY")
        self.assertEqual(never_ends.returncode, 1)
        self.assertEqual(len(station.rows("programme", "list")), 1)

    def test_a_port_that_is_taken_leaves_the_rest_working(self):
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            port = holder.getsockname()[1]
            other = Station()
            self.addCleanup(other.close)
            other.start("--set", f"web.port={port}")
            status = json.loads(other.ask("--json", "status"))
            self.assertEqual([one["part"] for one in status["left_out"]], ["page"])
            self.assertIn(str(port), status["left_out"][0]["why"])
            self.assertIn(str(port), other.ask("--lang", "en", "status"))
            other.receive(media("radio-3.mp3"))
        other.wait("the page, once the port is free",
                   lambda: json.loads(other.ask("--json", "status"))["left_out"] == [])

    @staticmethod
    def start_of(row):
        return row["values"]["start"][:19]
