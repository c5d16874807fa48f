"""A backup made beside the running station, and a new machine that takes its place."""
import shutil
import subprocess
import unittest

from station import BIN, StationTest, media


class Backup(StationTest):
    def edustation(self, data, *arguments):
        return subprocess.run([BIN / "edustation", "--station", data, "--lang", "en", *map(str, arguments)], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL)

    def test_a_lost_disk_costs_nothing_that_was_backed_up(self):
        self.station.receive(media("radio-3.mp3"))
        self.station.enrol(3)
        backup = self.station.folder / "stick"
        made = self.edustation(self.station.data, "backup", backup, "--settings", self.station.settings)
        self.assertEqual(made.returncode, 0, made.stderr + made.stdout)
        self.assertEqual(self.edustation(self.station.data, "journal", "verify", backup).returncode, 0)
        book = self.station.ask("book", "reception", "--format", "csv")
        self.station.kill()
        shutil.rmtree(self.station.data)

        restored = self.edustation(self.station.data, "restore", backup, "--settings", self.station.settings)
        self.assertEqual(restored.returncode, 0, restored.stderr + restored.stdout)
        self.station.start()
        self.assertEqual(self.station.ask("book", "reception", "--format", "csv"), book)
        self.assertEqual(len(self.station.rows("roster", "list")), 3)
        no = self.station.rows("library", "list")[0]["no"]
        self.station.before_it_begins(no, lambda session: None)
        self.assertEqual(len(self.station.plays()), 1)
        self.station.ask("journal", "verify")

    def test_restoring_over_a_station_asks_and_needs_it_stopped(self):
        backup = self.station.folder / "stick"
        self.assertEqual(self.edustation(self.station.data, "backup", backup).returncode, 0)
        unasked = self.edustation(self.station.data, "restore", backup)
        self.assertEqual(unasked.returncode, 1)
        self.assertIn("--yes", unasked.stderr)
        running = self.edustation(self.station.data, "restore", backup, "--yes")
        self.assertEqual(running.returncode, 1)
        self.assertIn(str(self.station.daemon.pid), running.stderr)
        self.station.ask("status")


if __name__ == "__main__":
    unittest.main()
