"""An evening at a station: files arrive, a programme plays, people sign in, and the books say what happened."""
import json
import subprocess

from station import BIN, Station, StationTest, media


class Evening(StationTest):
    def test_from_received_files_to_lines_in_the_books(self):
        station = self.station
        station.enrol(4)
        truncated = station.folder / "cut.mp4"
        ffmpeg_faststart = station.folder / "fast.mp4"
        subprocess.run(["ffmpeg", "-v", "error", "-i", media("course-4.mp4"), "-c", "copy", "-movflags", "+faststart",
                        ffmpeg_faststart], check=True)
        whole = ffmpeg_faststart.read_bytes()
        truncated.write_bytes(whole[:len(whole) * 6 // 10])
        fake = station.folder / "page.mp4"
        fake.write_text("<!DOCTYPE html><p>404")
        empty = station.folder / "empty.mp4"
        empty.write_bytes(b"")
        station.receive(media("course-4.mp4"), media("disc-3.mpg"), media("old-3.wmv"), media("radio-3.mp3"), truncated,
                        fake, empty)
        again = station.folder / "again.mp4"
        again.write_bytes(media("course-4.mp4").read_bytes())
        station.receive(again)

        reception = station.rows("book", "reception")
        self.assertEqual(len(reception), 8)
        remarks = [row["remarks"] for row in reception]
        self.assertEqual(sum(r.startswith("stored") for r in remarks), 4)
        self.assertEqual(sum(r.startswith("refused") for r in remarks), 3)
        self.assertEqual(sum(r.startswith("duplicate") for r in remarks), 1)
        self.assertEqual(len(station.rows("book", "storage")), 4)
        self.assertEqual(len(station.rows("library", "list")), 4)
        quarantined = [p for p in (station.data / "quarantine").iterdir() if p.name.endswith(".reason.json")]
        self.assertEqual(len(quarantined), 3)
        self.assertFalse(list((station.data / "inbox").iterdir()))

        course = next(r["no"] for r in station.rows("library", "list") if "course-4" in r["title"])

        def sign_in(session):
            station.ask("sign-in", session, "001", "学员2", "003")
            station.ask("sign-in", session, "--visitors", 2)
        session = station.before_it_begins(course, sign_in, "--group", "第一党支部", "--tutor", "李老师")

        play = station.plays()[-1]
        self.assertEqual(play["interruptions"], "—")
        self.assertEqual(play["heads"], "5")
        self.assertIn(play["effective"], ("00:00:03", "00:00:04"))
        self.assertIn("3/4 = 75.0 %", station.ask("participation", "--session", session))
        attendance = station.rows("book", "attendance")[-4:]
        self.assertEqual([row["present"] != "" for row in attendance], [True, True, True, False])
        station.ask("journal", "verify")

    def test_a_person_who_left_before_it_began_is_not_present(self):
        station = self.station
        station.enrol(2)
        station.receive(media("course-4.mp4"))

        def come_and_go(session):
            station.ask("sign-in", session, "001", "002")
            station.ask("sign-out", session, "002")
        session = station.before_it_begins(1, come_and_go)
        self.assertIn("1/2 = 50.0 %", station.ask("participation", "--session", session))

    def test_books_come_as_table_csv_and_json_in_two_languages(self):
        station = self.station
        station.receive(media("radio-3.mp3"))
        csv = subprocess.run([BIN / "edustation", "--station", station.data, "book", "reception", "--format", "csv"],
                             capture_output=True, check=True).stdout
        self.assertTrue(csv.startswith(b"\xef\xbb\xbf"))
        self.assertIn(b"\r\n", csv)
        self.assertIn("接收方式", csv.decode("utf-8-sig"))
        self.assertIn("Means", station.ask("--lang", "en", "book", "reception"))
        self.assertEqual(json.loads(station.ask("book", "reception", "--format", "json"))["rows"][0]["title"], "广播讲座")

    def test_importing_a_path_leaves_the_file_where_it_is(self):
        station = self.station
        own = station.folder / "我的课件.mp3"
        own.write_bytes(media("radio-3.mp3").read_bytes())
        station.ask("library", "import", own)
        self.assertTrue(own.exists())
        self.assertEqual(len(station.rows("library", "list")), 1)

    def test_exit_codes(self):
        station = self.station
        self.assertEqual(station.run("library", "show", "99").returncode, 1)
        self.assertEqual(station.run("no-such-command").returncode, 2)
        self.assertEqual(station.run("library", "--help").returncode, 0)
        gone = Station()
        self.addCleanup(gone.close)
        self.assertEqual(gone.run("status").returncode, 3)
