"""The people of a station, from the files that clerks have to who is there: through the command line alone."""
import pathlib

from station import StationTest

CASES = pathlib.Path(__file__).resolve().parent.parent / "cases"


class People(StationTest):
    def numbers(self):
        return [row["number"] for row in self.station.rows("roster", "list")]

    def test_every_kind_of_file_is_taken_and_nobody_is_there_twice(self):
        self.station.ask("roster", "import", CASES / "roster" / "base.csv")
        for name in ["lostzero.csv", "semicolon.csv", "unicode_text.txt", "titlerow.csv"]:
            self.station.ask("roster", "import", CASES / "roster" / name)
            self.assertEqual(self.numbers(), ["001", "002", "003"], name)
        told = self.station.ask("roster", "import", CASES / "workbook" / "excel.xlsx")
        self.assertIn("花名册", told)
        self.assertEqual(self.numbers(), ["001", "002", "003"])
        self.station.ask("roster", "import", CASES / "workbook" / "old_excel.xls")
        self.assertEqual(self.numbers(), ["001", "002", "003"])

    def test_what_is_doubtful_is_asked_and_changes_nothing(self):
        self.station.ask("roster", "import", CASES / "roster" / "base.csv")
        doubtful = self.station.folder / "doubtful.csv"
        doubtful.write_text("编号,姓名,出生年月,类别,支部/小组\nA9,王建国,1958-03,党员,第一党支书\n", encoding="utf-8")
        asked = self.station.run("roster", "import", doubtful)
        self.assertEqual(asked.returncode, 1)
        self.assertIn("--twins same", asked.stderr)
        self.assertIn("第一党支部", asked.stderr)
        self.assertEqual(len(self.numbers()), 3)
        self.assertEqual(self.station.run("roster", "import", CASES / "roster" / "sci.csv").returncode, 1)
        self.station.ask("roster", "import", doubtful, "--twins", "skip", "--new-groups")
        self.assertEqual(len(self.numbers()), 3)

    def test_people_are_merged_moved_out_and_erased(self):
        self.station.ask("roster", "import", CASES / "roster" / "base.csv")
        self.assertEqual(self.station.run("roster", "erase", "003", "--reason", "本人要求").returncode, 1)
        self.station.ask("roster", "erase", "3", "--reason", "本人要求", "--yes")
        self.station.ask("roster", "merge", "002", "001", "--yes")
        self.assertEqual(self.numbers(), ["001"])
        self.station.ask("roster", "move-out", "００１")
        self.station.ask("journal", "verify")
