"""What `cmake --install` puts in place, below DESTDIR, and what its undoing leaves; how closed the service is."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["EDU_BIN"]).parent
SOURCE = pathlib.Path(__file__).resolve().parents[2]


class Install(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="edu-install-"))
        self.addCleanup(shutil.rmtree, self.root)

    def cmake(self, *arguments):
        return subprocess.run(["cmake", *arguments], check=True, capture_output=True, text=True,
                              env={**os.environ, "DESTDIR": str(self.root)}).stdout

    def files(self):
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*") if not path.is_dir()}

    def test_it_stays_below_destdir_and_can_be_undone(self):
        self.cmake("--install", BUILD, "--prefix", "/usr")
        there = self.files()
        settings = self.root / "etc/edustation/station.toml"
        for name in ("usr/bin/edustation-send", "usr/share/man/man1/edustation-send.1", "usr/bin/edustationd",
                     "usr/lib/edustation/edustation-deck", "etc/edustation/station.toml"):
            self.assertIn(name, there)
        self.assertEqual(settings.stat().st_mode & 0o777, 0o640)
        settings.write_text("[station]\nname = \"李家村\"\n")
        self.cmake("--install", BUILD, "--prefix", "/usr")
        self.assertIn("李家村", settings.read_text())
        self.cmake("--install", BUILD, "--prefix", "/usr")
        self.cmake("--build", BUILD, "--target", "uninstall")
        self.assertEqual(self.files(), {"etc/edustation/station.toml"}, "settings that were changed stay")

    @unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
    def test_the_service_is_closed(self):
        for name, runs_as in (("edustationd.service", "edustation"), ("edustation-deck@.service", "edustation-deck")):
            unit = self.root / name.replace("@", "@1")
            shutil.copy(SOURCE / "systemd" / name, unit)
            said = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", unit],
                                  capture_output=True, text=True).stdout
            level = re.search(r"exposure level for .*: ([0-9.]+)", said)
            self.assertIsNotNone(level, said)
            self.assertLessEqual(float(level[1]), 1.5, name)
            self.assertIn(f"\nUser={runs_as}\n", unit.read_text())

    @unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
    def test_systemd_understands_each_line_of_the_units(self):
        for name in ("edustationd.service", "edustation-deck@.service", "edustation-deck.socket"):
            shutil.copy(SOURCE / "systemd" / name, self.root / name)
        said = subprocess.run(["systemd-analyze", "verify", "--no-pager", "--recursive-errors=no", self.root / "edustationd.service",
                               self.root / "edustation-deck.socket"], capture_output=True, text=True).stderr
        ours = [line for line in said.splitlines() if "Unknown" in line or "Failed to parse" in line or "Invalid" in line]
        self.assertEqual(ours, [])
