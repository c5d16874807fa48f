"""A clock that is wrong, under the real daemon: what it believes, for how long, and what a person's word changes."""
import datetime
import json
import mmap
import os
import struct
import unittest

from station import ZONE, Station, media

CLOCK = os.environ.get("EDU_CLOCK", "")
HOUR, DAY, YEAR = 3600, 86400, 366 * 86400


def now():
    return datetime.datetime.now(ZONE)


@unittest.skipUnless(CLOCK and os.path.exists(CLOCK), "nothing can be preloaded before a sanitizer")
class Clock(unittest.TestCase):
    def setUp(self):
        self.station = Station()
        self.addCleanup(self.station.close)
        page = self.station.folder / "clock-page"
        page.write_bytes(bytes(mmap.PAGESIZE))
        with open(page, "r+b") as file:
            self.page = mmap.mmap(file.fileno(), mmap.PAGESIZE)
        self.environment = {"LD_PRELOAD": CLOCK, "EDU_CLOCK_PAGE": str(page)}

    def shows(self, seconds_off):
        self.page[:8] = struct.pack("<q", seconds_off)

    def start(self):
        self.station.start(environment=self.environment)

    def again(self, seconds_off):
        self.station.terminate()
        self.station.daemon = None
        self.shows(seconds_off)
        self.start()

    def trust(self):
        return json.loads(self.station.ask("--json", "status"))["clock"]["trust"]

    def kinds(self):
        return self.station.ask("--json", "journal", "tail", "-n", 100)

    def test_a_wrong_clock_stays_wrong_however_often_the_station_starts(self):
        self.start()
        self.assertEqual(self.trust(), "holdover")
        for wrong in (-40 * DAY, 2 * YEAR):
            for _ in range(2):
                self.again(wrong)
                self.assertEqual(self.trust(), "untrusted", wrong)
        self.again(0)
        self.assertEqual(self.trust(), "holdover", "the right time is believed as before")

    def test_a_persons_word_counts_and_lasts(self):
        self.start()
        self.again(-10 * DAY)
        self.station.ask("clock", "confirm")
        self.assertEqual(self.trust(), "holdover")
        self.assertIn("clock.confirmed", self.kinds())
        self.again(-10 * DAY)
        self.assertEqual(self.trust(), "holdover")
        self.station.ask("clock", "set-floor", (now() - datetime.timedelta(hours=1)).strftime("%Y-%m-%d %H:%M"))
        self.assertEqual(self.trust(), "untrusted")
        self.again(0)
        self.assertEqual(self.trust(), "holdover")

    def test_what_comes_under_a_wrong_clock_gets_its_last_day_when_it_is_right(self):
        self.start()
        self.again(2 * YEAR)
        self.station.ask("library", "import", media("radio-3.mp3"))
        course = lambda: self.station.rows("library", "list")[0]  # noqa: E731
        self.assertEqual(course()["keep_until"], "for ever")
        self.shows(0)
        self.station.wait("its last day", lambda: course()["keep_until"] != "for ever")
        self.assertIn(str(now().year + 10), course()["keep_until"])
        self.assertIn("courseware.kept", self.kinds())
        self.station.ask("journal", "verify")

    def test_what_a_step_jumps_over_is_missed_for_the_clock(self):
        self.start()
        self.station.ask("library", "import", media("radio-3.mp3"))
        self.station.add_programme(HOUR, 1, kind="open")
        self.station.wait("the programme to be known", lambda: json.loads(self.station.ask("--json", "status"))["coming"] != [])
        self.shows(3 * HOUR)
        self.station.wait("its record", lambda: "programme.missed" in self.kinds())
        missed = next(line for line in self.kinds().splitlines() if "programme.missed" in line)
        self.assertIn('"clock"', missed)


if __name__ == "__main__":
    unittest.main()
