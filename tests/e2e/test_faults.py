"""A disk that fails under the real daemon, once and from then on: what is on the air goes on, and its record is whole
when the disk is."""
import json
import pathlib
import unittest

import faults
from station import Station, media


@unittest.skipUnless(faults.there(), "nothing can be preloaded before a sanitizer")
class Faults(unittest.TestCase):
    def setUp(self):
        self.station = Station()
        self.disk = faults.Page(self.station.folder, self.station.data)
        self.station.start(environment=self.disk.environment())
        self.addCleanup(self.station.close)
        self.station.enrol(1)
        self.station.ask("library", "import", media("radio-3.mp3"))

    def status(self):
        return json.loads(self.station.ask("--json", "status"))

    def programme_on_air(self):
        return (self.status()["on_air"] or {}).get("programme")

    def test_from_then_on(self):
        for number, error in enumerate(("EIO", "ENOSPC")):
            with self.subTest(error):
                station = self.station
                first = 2 * number + 1
                station.add_programme(5, 1)
                station.add_programme(11, 1)
                self.disk.fail(error)
                station.wait("the first on air", lambda: self.programme_on_air() == first)
                station.wait("the second on air", lambda: self.programme_on_air() == first + 1)
                station.wait("the disk to be said to fail", lambda: self.status()["alarms"] != [])
                refused = station.run("--lang", "en", "sign-in", first, "001")
                self.assertEqual(refused.returncode, 1)
                self.assertIn("The disk", refused.stdout + refused.stderr)
                station.wait("its end", lambda: self.programme_on_air() is None)
                self.disk.heal()
                station.wait("the record", lambda: len(station.plays()) == first + 1 and not station.on_air())
                for play in station.plays()[-2:]:
                    self.assertEqual(play["interruptions"], "—")
                    self.assertLess(abs(play["values"]["first_frame"]), 1500)
                self.assertNotIn("missed", station.ask("--json", "journal", "tail", "-n", 100))
                station.ask("journal", "verify")

    # Each operation of a programme's record in turn fails once; the step is odd, so that all kinds are met.
    def test_once(self):
        station = self.station
        for played, number in enumerate(range(1, 60, 7), start=1):
            with self.subTest(number):
                station.add_programme(3, 1)
                self.disk.fail("EIO" if played % 2 else "ENOSPC", number, faults.ONCE)
                station.wait("on air", lambda: self.programme_on_air() == played)
                station.wait("its end", lambda: self.programme_on_air() is None)
                self.disk.heal()
                station.wait("the record", lambda: len(station.plays()) == played and not station.on_air())
                self.assertEqual(station.plays()[-1]["interruptions"], "—")
        station.ask("journal", "verify")


@unittest.skipUnless(faults.there(), "nothing can be preloaded before a sanitizer")
class Names(unittest.TestCase):
    """A name is on the disk when its folder is: strictly by POSIX, nothing else makes it so."""

    SETTINGS = """
[[channel]]
name = "测试频道"
group = "239.255.7.7"
port = 40077
interface = "lo"

[[live]]
name = "县台"
url = "udp://239.255.7.9:5004"
"""

    def setUp(self):
        self.station = Station(self.SETTINGS)
        self.disk = faults.Page(self.station.folder, self.station.folder)
        self.addCleanup(self.station.close)
        self.station.start(environment=self.disk.environment())

    def test_each_new_folder_is_synced_where_it_stands(self):
        station = self.station
        station.ask("library", "import", media("radio-3.mp3"))
        station.ask("record", "start", "县台")
        station.wait("its folder", lambda: list(station.data.glob("live/*")))
        made = lambda: [pathlib.Path(path) for call, path in self.disk.traced() if call == "mkdir"]  # noqa: E731
        for name in ("data", "objects", "staging", "quarantine", "partial", "ready", "live"):
            self.assertIn(name, [path.name for path in made()])
        station.wait("the last sync", lambda: self.unsynced(made()) == [])

    def unsynced(self, made):
        trace = self.disk.traced()
        return [str(path) for path in made
                if ("fsync", str(path.parent)) not in trace[trace.index(("mkdir", str(path))):]]

    def test_the_table_of_what_is_done_is_synced_where_it_stands(self):
        ready = lambda: [path for call, path in self.disk.traced() if call == "mkdir" and path.endswith("/ready")]  # noqa: E731
        self.station.wait("the channel's folders", ready)
        folder = str(pathlib.Path(ready()[0]).parent)
        trace = self.disk.traced()
        after = trace[trace.index(("create", folder + "/done")) + 1:]
        # Before another new folder beside it is synced there, and the table with it.
        at_once = after[:next(i for i, (call, _) in enumerate(after) if call == "mkdir")]
        self.assertIn(("fsync", folder), at_once)

    def test_no_start_goes_on_with_frames_that_are_only_in_the_cache(self):
        self.station.ask("library", "import", media("radio-3.mp3"))
        self.station.kill()
        self.assertGreater((self.station.data / "station.db-wal").stat().st_size, 0)
        self.disk.trace.write_text("")
        self.station.start(environment=self.disk.environment())
        wal = [call for call, path in self.disk.traced() if path.endswith("station.db-wal")]
        self.assertTrue(any(call.startswith("ftruncate") for call in wal), wal)
        before = wal[:next(i for i, call in enumerate(wal) if call.startswith("ftruncate"))]
        self.assertFalse(any(call.startswith("pwrite") for call in before), "the database was written to before that")


if __name__ == "__main__":
    unittest.main()
