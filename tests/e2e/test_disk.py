"""A data folder on a small disk, a full one, a read-only one; one that is copied, and one that somebody edited."""
import functools
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

from station import BIN, Station, StationTest, media


def can_mount():
    return os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0


class Copies(StationTest):
    def copied(self):
        self.station.receive(media("radio-3.mp3"))
        self.station.terminate()
        copy = self.station.folder / "copy"
        shutil.copytree(self.station.data, copy, ignore=shutil.ignore_patterns("api.sock"))
        return copy

    def verify(self, folder):
        return subprocess.run([BIN / "edustation", "--lang", "en", "journal", "verify", folder], capture_output=True, text=True)

    def test_a_copied_folder_is_verified_without_a_daemon(self):
        done = self.verify(self.copied())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("unchanged", done.stdout)

    def test_a_folder_copied_while_the_daemon_runs_is_verified_too(self):
        self.station.receive(media("radio-3.mp3"))
        copy = self.station.folder / "copy"
        shutil.copytree(self.station.data, copy, ignore=shutil.ignore_patterns("api.sock"))
        self.assertEqual(self.verify(copy).returncode, 0)

    def test_an_edited_record_is_named(self):
        copy = self.copied()
        with sqlite3.connect(copy / "station.db") as database:
            database.execute("DROP TRIGGER journal_keeps")
            database.execute("UPDATE journal SET body=replace(body, '广播讲座', '集中学习') WHERE body LIKE '%courseware.stored%'")
            seq = database.execute("SELECT seq FROM journal WHERE body LIKE '%courseware.stored%'").fetchone()[0]
        done = self.verify(copy)
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(seq), done.stdout + done.stderr)

    def test_a_book_table_edited_by_hand_is_named(self):
        copy = self.copied()
        with sqlite3.connect(copy / "station.db") as database:
            database.execute("UPDATE reception SET title='x'")
        done = self.verify(copy)
        self.assertEqual(done.returncode, 1)
        self.assertIn("reception", done.stdout + done.stderr)

    def test_a_folder_without_a_journal_is_refused(self):
        self.assertEqual(self.verify(tempfile.gettempdir()).returncode, 1)


class OneDaemon(StationTest):
    def test_a_second_daemon_on_the_folder_is_refused_and_harms_nothing(self):
        second = subprocess.run([BIN / "edustationd", "--config", self.station.settings], capture_output=True, text=True,
                                timeout=30)
        self.assertEqual(second.returncode, 1)
        self.assertIn(str(self.station.daemon.pid), second.stderr)
        self.station.ask("status")


@unittest.skipUnless(can_mount(), "needs root and mount namespaces")
class SmallDisk(unittest.TestCase):
    """Runs itself again in a mount namespace of its own, where it may mount a small disk."""

    def inside(self, name):
        if "EDU_INSIDE" in os.environ:
            return True
        done = subprocess.run(["unshare", "-m", "python3", "-B", "-m", "unittest", f"test_disk.SmallDisk.{name}"],
                              env={**os.environ, "EDU_INSIDE": "1"}, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return False

    def station_on(self, size):
        folder = tempfile.mkdtemp(prefix="edu-small-")
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
        station = Station(folder=folder)
        self.addCleanup(station.close)
        return station

    def test_a_file_that_does_not_fit_is_refused_and_the_reserve_stays(self):
        if not self.inside("test_a_file_that_does_not_fit_is_refused_and_the_reserve_stays"):
            return
        station = self.station_on("16m").start()
        with tempfile.NamedTemporaryFile(suffix=".mp4") as large:
            large.write(media("course-4.mp4").read_bytes() + bytes(20 << 20))
            large.flush()
            done = station.run("--lang", "en", "library", "import", large.name)
        self.assertEqual(done.returncode, 1)
        self.assertIn("space", done.stdout + done.stderr)
        self.assertEqual(len(station.rows("book", "reception")), 1)
        station.ask("library", "import", media("radio-3.mp3"))
        info = os.statvfs(station.data)
        self.assertGreaterEqual(info.f_bavail * info.f_frsize, 1 << 20)

    def test_a_full_disk_refuses_clearly_and_recovers(self):
        if not self.inside("test_a_full_disk_refuses_clearly_and_recovers"):
            return
        station = self.station_on("24m").start()
        station.enrol(1)
        ballast = station.folder / "ballast"
        try:
            with open(ballast, "wb", buffering=0) as file:
                while True:
                    file.write(bytes(64 << 10))
        except OSError:
            pass
        csv = station.folder.parent / f"roster-{os.getpid()}.csv"
        csv.write_text("编号,姓名,类别\n" + "".join(f"{i},学员{i},党员\n" for i in range(2, 3002)))
        self.addCleanup(csv.unlink)
        self.assertEqual(station.run("roster", "import", csv).returncode, 1)
        self.assertIsNone(station.daemon.poll())
        self.assertEqual(len(station.rows("roster", "list")), 1)
        ballast.unlink()
        station.ask("roster", "import", csv)
        station.ask("journal", "verify")

    def status(self, station):
        return json.loads(station.ask("--json", "status"))

    def fill(self, station):
        ballast = station.folder / "ballast"
        for size in (64 << 10, 4 << 10, 512):
            try:
                with open(ballast, "ab", buffering=0) as file:
                    while True:
                        file.write(bytes(size))
            except OSError:
                pass
        return ballast

    def test_programmes_play_while_the_disk_is_full_and_their_record_comes_later(self):
        if not self.inside("test_programmes_play_while_the_disk_is_full_and_their_record_comes_later"):
            return
        station = self.station_on("32m").start()
        station.enrol(1)
        station.ask("library", "import", media("course-4.mp4"))
        station.add_programme(6, 1)
        station.add_programme(14, 1)
        ballast = self.fill(station)
        status = functools.partial(self.status, station)
        station.wait("the first on air", lambda: (status()["on_air"] or {}).get("programme") == 1)
        station.wait("the second on air", lambda: (status()["on_air"] or {}).get("programme") == 2)
        station.wait("the disk to be said to be full", lambda: "The disk is full" in station.ask("--lang", "en", "status"))
        done = station.run("--lang", "en", "sign-in", 1, "001")
        self.assertEqual(done.returncode, 1)
        self.assertIn("disk", done.stdout + done.stderr)
        self.assertEqual(len(station.rows("library", "list")), 1)
        station.wait("its end", lambda: status()["on_air"] is None)
        ballast.unlink()
        station.wait("the record", lambda: len(station.plays()) == 2 and not station.on_air())
        for play in station.plays():
            self.assertEqual(play["interruptions"], "—")
            self.assertLess(abs(play["values"]["first_frame"]), 1500)
        self.assertIn("asrun.late", station.ask("--json", "journal", "tail", "-n", 50))
        station.wait("a good disk", lambda: "The disk is full" not in station.ask("--lang", "en", "status"))
        station.ask("journal", "verify")

    def test_a_start_on_a_full_disk_runs_plays_and_says_so(self):
        if not self.inside("test_a_start_on_a_full_disk_runs_plays_and_says_so"):
            return
        station = self.station_on("32m").start()
        station.ask("library", "import", media("course-4.mp4"))
        station.add_programme(20, 1, kind="open")
        station.terminate()
        station.daemon = None
        ballast = self.fill(station)
        station.start()
        status = functools.partial(self.status, station)
        station.wait("on air", lambda: (status()["on_air"] or {}).get("programme") == 1)
        self.assertEqual(len(station.rows("library", "list")), 1)
        station.wait("its end", lambda: status()["on_air"] is None)
        ballast.unlink()
        station.wait("the record", lambda: len(station.plays()) == 1 and not station.on_air())
        station.ask("journal", "verify")

    def test_a_read_only_folder_is_an_error_that_names_it(self):
        if not self.inside("test_a_read_only_folder_is_an_error_that_names_it"):
            return
        station = self.station_on("8m").start()
        station.terminate()
        subprocess.run(["mount", "-o", "remount,ro", station.folder], check=True)
        done = subprocess.run([BIN / "edustationd", "--config", station.settings], capture_output=True, text=True, timeout=30)
        subprocess.run(["mount", "-o", "remount,rw", station.folder], check=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(station.data), done.stderr)

    def test_a_copy_on_a_read_only_disk_is_verified_and_left_as_it_is(self):
        if not self.inside("test_a_copy_on_a_read_only_disk_is_verified_and_left_as_it_is"):
            return
        station = self.station_on("24m").start()
        station.receive(media("radio-3.mp3"))
        copies = [station.folder / "killed", station.folder / "stopped"]
        shutil.copytree(station.data, copies[0], ignore=shutil.ignore_patterns("api.sock"))
        (copies[0] / "station.db-shm").unlink()
        station.terminate()
        shutil.copytree(station.data, copies[1], ignore=shutil.ignore_patterns("api.sock"))
        subprocess.run(["mount", "-o", "remount,ro", station.folder], check=True)
        for copy in copies:
            before = sorted(copy.iterdir())
            done = subprocess.run([BIN / "edustation", "--lang", "en", "journal", "verify", copy], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(sorted(copy.iterdir()), before)
        subprocess.run(["mount", "-o", "remount,rw", station.folder], check=True)
