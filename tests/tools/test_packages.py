"""tools/packages.txt names each package once, in a section that `./dev` knows."""
import collections
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIST = (ROOT / "tools/packages.txt").read_text(encoding="utf-8")


class Packages(unittest.TestCase):
    def test_names_no_package_twice(self):
        names = [line.split("#")[0].strip() for line in LIST.splitlines()]
        twice = [name for name, times in collections.Counter(filter(None, names)).items() if times > 1]
        self.assertEqual(twice, [])

    def test_has_the_sections_that_the_help_names(self):
        sections = re.findall(r"^\[(\w+)\]", LIST, re.M)
        told = subprocess.run([ROOT / "dev", "help"], capture_output=True, text=True, check=True).stdout
        self.assertIn("all of them unless told: " + ", ".join(sections), told)

    def test_gives_each_section_to_dev_alone(self):
        functions = (ROOT / "dev").read_text(encoding="utf-8").split("packages() {")[1].split("\n}")[0]
        for section in re.findall(r"^\[(\w+)\]", LIST, re.M):
            given = subprocess.run(["bash", "-c", f"packages() {{{functions}\n}}\npackages {section}"], cwd=ROOT,
                                   capture_output=True, text=True, check=True).stdout.split()
            block = LIST.split(f"[{section}]")[1].split("\n[")[0].split("\n", 1)[1]
            self.assertEqual(given, [line.split("#")[0].strip() for line in block.splitlines() if line.split("#")[0].strip()])


if __name__ == "__main__":
    unittest.main()
