"""Courses of the field whose clocks begin again, played and credited in full."""
import pathlib
import unittest

from station import StationTest
from test_air import seconds

CASES = pathlib.Path(__file__).parent.parent / "cases" / "media"


class FieldAir(StationTest):
    def test_joined_courses_are_planned_played_and_credited_with_thirty_seconds_each(self):
        station = self.station
        station.enrol(1)
        for name in ("cat3.ts", "back.ts", "concat.mp3"):
            station.ask("library", "import", CASES / name)
        self.assertEqual([row["duration"] for row in station.rows("library", "list")], ["00:00:30"] * 3)
        station.add_programme(6, 1, "--courseware", 2, "--courseware", 3)
        station.wait("the session", lambda: station.run("session", "show", 1).returncode == 0)
        station.ask("sign-in", 1, "001")
        for count in (1, 2, 3):  # each within the patience of one wait
            station.wait(f"course {count}", lambda: len(station.plays()) == count)
        station.wait("the end", lambda: station.session_state(1) == "ended")
        for play in station.plays():
            self.assertGreaterEqual(seconds(play["effective"]), 29)
            self.assertLessEqual(seconds(play["effective"]), 31)
        self.assertGreaterEqual(seconds(station.rows("session", "show", 1)[0]["credited"]), 88)
        station.ask("journal", "verify")


if __name__ == "__main__":
    unittest.main()
