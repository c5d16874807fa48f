"""Files as people really have them, through a whole station: how long they last, what is refused and why, what a stick
holds, and what becomes of what was refused."""
import gzip
import os
import pathlib
import shutil
import subprocess

from station import StationTest, ffmpeg, media

CASES = pathlib.Path(__file__).resolve().parents[1] / "cases" / "media"
LENGTHS = {"concat.mp3": "00:00:30", "cat3.ts": "00:00:30", "back.ts": "00:00:30", "dur_short.mkv": "00:00:10",
           "sub_later.mkv": "00:00:10", "wav_data_title.wav": "00:00:10", "adpcm.wav": "00:00:10",
           "avih_us_wrong.avi": "00:00:10", "rot.mp4": "00:00:10"}


def cases(folder):
    """The cases of the field, unpacked."""
    for path in sorted(CASES.iterdir()):
        if path.suffix == ".gz":
            (folder / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
        else:
            shutil.copy(path, folder / path.name)
    return [folder / name for name in sorted(os.listdir(folder))]


def dvd(folder):
    """One chain of three films of 4 s, each encoded by itself: the clock begins again at each."""
    vobs = ""
    for i in range(3):
        film = folder / f"{i}.mpg"
        ffmpeg("-f", "lavfi", "-i", "testsrc2=size=352x288:rate=25:duration=4", "-f", "lavfi", "-i",
               f"sine=frequency={300 + i}:duration=4", "-target", "pal-dvd", "-s", "352x288", "-b:v", "400k", str(film))
        vobs += f"<vob file='{film}'/>"
    (folder / "dvd.xml").write_text(f"<dvdauthor dest='{folder}/disc'><vmgm/><titleset><titles><video format='pal'/>"
                                    f"<pgc>{vobs}</pgc></titles></titleset></dvdauthor>")
    subprocess.run(["dvdauthor", "-x", folder / "dvd.xml"], check=True, capture_output=True,
                   env={**os.environ, "VIDEO_FORMAT": "PAL"})
    return folder / "disc"


class Media(StationTest):
    def test_lengths_and_refusals_of_files_from_the_field(self):
        station = self.station
        folder = station.folder / "cases"
        folder.mkdir()
        station.receive(*cases(folder))
        lines = {row["title"]: row for row in station.rows("book", "reception")}
        taken = station.rows("library", "list")
        self.assertEqual(len(taken), len(LENGTHS), [row["remarks"] for row in lines.values()])
        expected = {name.rsplit(".", 1)[0]: length for name, length in LENGTHS.items()}
        expected["Big data for farmers"] = expected.pop("wav_data_title")
        self.assertEqual({row["title"]: row["duration"] for row in taken}, expected)
        self.assertIn("encrypted (CENC)", lines["cenc"]["remarks"])
        self.assertIn("00:00:03", lines["dur_short"]["remarks"])  # what its header says
        shown = station.ask("--lang", "en", "library", "show", next(r["no"] for r in taken if r["title"] == "dur_short"))
        self.assertIn("00:00:03", shown)
        self.assertIn("what can be read", shown)

    def test_a_dvd_whose_clock_begins_again_lasts_as_long_as_it_plays(self):
        self.station.ask("library", "import", dvd(self.station.folder))
        self.assertEqual([row["duration"] for row in self.station.rows("library", "list")], ["00:00:12"])

    def test_a_stick_is_looked_into_and_the_rest_is_counted(self):
        stick = self.station.folder / "stick"
        (stick / "MPEGAV").mkdir(parents=True)
        film = media("course-4.mp4").read_bytes()
        shutil.copy(media("disc-3.mpg"), stick / "MPEGAV" / "AVSEQ01.DAT")
        (stick / "没有后缀").write_bytes(media("old-3.wmv").read_bytes())
        gbk = os.fsencode(stick) + "/果树修剪.mp4".encode("gb18030")
        with open(gbk, "wb") as file:
            file.write(film)
        (stick / "film.mp4.baiduyun.p.downloading").write_bytes(film[:1000])
        (stick / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0 picture")
        (stick / "plan.docx").write_bytes(b"PK\3\4 document")
        (stick / "data.bin").write_bytes(bytes(range(256)) * 10)
        for junk in ("Thumbs.db", "desktop.ini", "~$plan.docx", "._film.mp4", ".DS_Store"):
            (stick / junk).write_bytes(b"junk")
        said = self.station.ask("--lang", "en", "library", "import", stick)
        self.assertEqual(len(self.station.rows("library", "list")), 3)
        self.assertIn("1 pictures", said)
        self.assertIn("1 downloads that are not finished", said)
        self.assertIn("1 files of other kinds", said)
        self.assertIn("果树修剪.mp4", said)
        self.assertEqual(len(self.station.rows("book", "reception")), 3)

    def test_quarantine_is_listed_and_emptied_after_a_question(self):
        station = self.station
        note = station.folder / "note.mp4"
        note.write_text("no film\n")
        station.receive(note)
        self.assertEqual([row["name"] for row in station.rows("quarantine", "list")], ["note.mp4"])
        self.assertNotEqual(station.run("quarantine", "empty").returncode, 0)  # nobody can be asked
        self.assertNotEqual(station.run("quarantine", "empty", 9, "--yes").returncode, 0)
        station.ask("quarantine", "empty", 1, "--yes")
        self.assertEqual(station.rows("quarantine", "list"), [])
        self.assertEqual(list((station.data / "quarantine").iterdir()), [])
        station.ask("journal", "verify")

    def test_a_download_waits_with_a_line_in_status(self):
        station = self.station
        (station.data / "inbox" / "film.mp4.xltd").write_bytes(b"half")
        station.wait("the line", lambda: "film.mp4.xltd" in station.ask("status"))
        self.assertEqual(station.rows("book", "reception"), [])
