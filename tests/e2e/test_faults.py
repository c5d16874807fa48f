"""A disk that fails under the real daemon, once and from then on: what is on the air goes on, and its record is whole
when the disk is."""
import json
import os
import unittest

from station import Station, media

FAULTS = os.environ.get("EDU_FAULTS", "")


@unittest.skipUnless(FAULTS and os.path.exists(FAULTS), "nothing can be preloaded before a sanitizer")
class Faults(unittest.TestCase):
    def setUp(self):
        self.station = Station()
        self.order = self.station.folder / "order"
        os.environ.update(EDU_FAULT_FOLDER=str(self.station.data), EDU_FAULT_ORDER=str(self.order), LD_PRELOAD=FAULTS)
        try:
            self.station.start()
        finally:
            del os.environ["LD_PRELOAD"]
        self.addCleanup(self.station.close)
        self.station.enrol(1)
        self.station.ask("library", "import", media("radio-3.mp3"))

    def status(self):
        return json.loads(self.station.ask("--json", "status"))

    def programme_on_air(self):
        return (self.status()["on_air"] or {}).get("programme")

    def give(self, order):
        part = self.station.folder / "order.part"
        part.write_text(order)
        part.rename(self.order)

    def test_from_then_on(self):
        for number, error in enumerate(("EIO", "ENOSPC")):
            with self.subTest(error):
                station = self.station
                first = 2 * number + 1
                station.add_programme(5, 1)
                station.add_programme(11, 1)
                self.give(error)
                station.wait("the first on air", lambda: self.programme_on_air() == first)
                station.wait("the second on air", lambda: self.programme_on_air() == first + 1)
                station.wait("the disk to be said to fail", lambda: self.status()["alarms"] != [])
                refused = station.run("--lang", "en", "sign-in", first, "001")
                self.assertEqual(refused.returncode, 1)
                self.assertIn("The disk", refused.stdout + refused.stderr)
                station.wait("its end", lambda: self.programme_on_air() is None)
                self.give("")
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
                self.give(("EIO" if played % 2 else "ENOSPC") + f" {number}")
                station.wait("on air", lambda: self.programme_on_air() == played)
                station.wait("its end", lambda: self.programme_on_air() is None)
                self.give("")
                station.wait("the record", lambda: len(station.plays()) == played and not station.on_air())
                self.assertEqual(station.plays()[-1]["interruptions"], "—")
        station.ask("journal", "verify")


if __name__ == "__main__":
    unittest.main()
