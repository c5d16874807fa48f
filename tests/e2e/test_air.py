"""What goes on the air when a course is gone, the power is cut, the time stamps begin again."""
import subprocess
import time
import unittest

from station import StationTest, media


def seconds(duration):
    """Of "00:01:02"."""
    return sum(int(part) * unit for part, unit in zip(duration.split(":"), (3600, 60, 1)))


def milliseconds(row, column):
    return row["values"][column]


class Air(StationTest):
    def ended(self, count):
        rows = self.station.plays()
        return len(rows) >= count and all("playing now" not in row["interruptions"] for row in rows)

    def object_of(self, number):
        digest = next(row["sha256"] for row in self.station.rows("library", "list") if row["values"]["no"] == number)
        return self.station.data / "objects" / digest[:2] / digest

    def test_a_course_whose_file_is_gone_ends_as_missing_and_the_next_has_its_own_time(self):
        station = self.station
        station.enrol(1)
        station.receive(media("course-4.mp4"))
        station.receive(media("second-3.mp4"))
        lost = self.object_of(1)
        copy = station.folder / "same.mp4"
        copy.write_bytes(lost.read_bytes())
        lost.unlink()
        station.add_programme(4, 1, "--courseware", 2)
        station.wait("both lines", lambda: self.ended(2))
        first, second = station.plays()
        self.assertIn("missing content", first["interruptions"])
        self.assertEqual(first["first_frame"], "—")
        self.assertGreaterEqual(milliseconds(second, "first_frame"), -50)
        self.assertLess(milliseconds(second, "first_frame"), 1500)
        self.assertEqual(second["interruptions"], "—")
        status = station.ask("--lang", "en", "status")
        self.assertIn("KJ000001", status)
        self.assertIn("Import the same file again", status)
        self.assertIn("import the same file again", station.ask("--lang", "en", "library", "list"))
        station.ask("library", "import", copy)
        self.assertNotIn("Import the same file again", station.ask("--lang", "en", "status"))
        station.ask("journal", "verify")

    def test_after_a_power_cut_the_programme_goes_on_with_what_is_still_due(self):
        station = self.station
        station.enrol(2)
        station.receive(media("first-12.mp4"))
        station.receive(media("second-8.mp4"))
        station.add_programme(4, 1, "--courseware", 2)
        station.wait("the session", lambda: station.run("session", "show", 1).returncode == 0)
        station.ask("sign-in", 1, "001")
        station.wait("on air", station.on_air)
        begin = time.monotonic()
        station.wait("some seconds of play", lambda: time.monotonic() - begin > 4)
        station.kill()
        station.daemon = None
        station.start()
        self.assertIn("programme.resumed", station.ask("--json", "journal", "tail", "-n", 50))
        station.wait("the end", lambda: station.session_state(1) == "ended")
        first, second = station.plays()
        self.assertIn("abnormal interruption", first["interruptions"])
        self.assertEqual(second["interruptions"], "—")
        self.assertGreaterEqual(seconds(second["effective"]), 7)
        self.assertGreaterEqual(milliseconds(second, "first_frame"), -50)
        self.assertIn("1/2 = 50.0 %", station.ask("participation", "--session", 1))
        station.ask("journal", "verify")

    def test_lateness_does_not_grow_within_a_rundown(self):
        station = self.station
        station.receive(media("radio-3.mp3"))
        station.add_programme(4, 1, *(["--courseware", 1] * 5), kind="open")
        station.wait("six plays", lambda: self.ended(6))
        late = [milliseconds(row, "first_frame") for row in station.plays()]
        self.assertLess(max(late[3:]) - min(late[1:3]), 150, late)

    def test_a_course_twice_in_a_programme_counts_twice(self):
        station = self.station
        station.enrol(1)
        station.receive(media("course-4.mp4"))

        def sign_in(session):
            station.ask("sign-in", session, "001")
        session = station.before_it_begins(1, sign_in, "--courseware", 1)
        credited = station.rows("session", "show", session)[0]["credited"]
        self.assertGreaterEqual(seconds(credited), 7)

    def test_a_clock_that_begins_again_makes_nobodys_minutes_shorter(self):
        station = self.station
        station.enrol(1)
        part = station.folder / "part.ts"
        subprocess.run(["ffmpeg", "-v", "error", "-i", media("course-4.mp4"), "-c", "copy", part], check=True)
        joined = station.folder / "joined.ts"
        joined.write_bytes(part.read_bytes() * 3)
        station.receive(joined)
        planned = seconds(station.rows("library", "list")[0]["duration"])

        def sign_in(session):
            station.ask("sign-in", session, "001")
        session = station.before_it_begins(1, sign_in)
        play = station.plays()[-1]
        self.assertIn(play["interruptions"], ("—",))
        self.assertGreaterEqual(seconds(play["effective"]), min(planned, 12) - 1)
        self.assertEqual(seconds(station.rows("session", "show", session)[0]["credited"]), seconds(play["effective"]))


if __name__ == "__main__":
    unittest.main()
