"""The completions in the real shells, where they are installed: what is typed is asked of the program itself."""
import os
import pathlib
import pty
import select
import shutil
import subprocess
import tempfile
import time
import unittest

BIN = pathlib.Path(os.environ["EDU_BIN"])
SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "tools/completions"
PATIENCE = 60  # seconds


def environment(home):
    return {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(home), "TERM": "dumb", "LC_ALL": "C.UTF-8"}


class Completions(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="edu-shell-"))
        self.addCleanup(shutil.rmtree, self.home)
        (self.home / "films").mkdir()
        (self.home / "films" / "果树修剪.mp4").touch()

    def shell(self, *command):
        return subprocess.run(command, capture_output=True, text=True, env=environment(self.home), cwd=self.home).stdout

    def bash(self, line):
        words = line.split(" ")
        listed = " ".join(f"'{word}'" for word in words)
        return self.shell("bash", "--norc", "-c", f"source {SHIPPED / 'edustation.bash'}; COMP_WORDS=({listed}); "
                          f"COMP_CWORD={len(words) - 1}; _edustation; printf '%s\\n' \"${{COMPREPLY[@]}}\"").split("\n")

    def fish(self, line):
        said = self.shell("fish", "--no-config", "-c", f"source {SHIPPED / 'edustation.fish'}; complete -C '{line}'")
        return [one.split("\t")[0] for one in said.split("\n")]

    def check(self, complete):
        self.assertIn("library", complete("edustation lib"))
        self.assertIn("playback", complete("edustation book pl"))
        self.assertIn("individual", complete("edustation programme add --kind i"))
        self.assertIn("films/", [one.rstrip("/") + "/" for one in complete("edustation library import fi")])

    def test_bash(self):
        self.check(self.bash)

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish(self):
        self.check(self.fish)

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh(self):
        """An interactive shell at a terminal: what a tab makes of the line."""
        (self.home / ".zshrc").write_text(f"PS1='> '\nfpath=({SHIPPED} $fpath)\nautoload -U compinit\ncompinit -u -D\n"
                                          "setopt no_beep\necho ready\n")
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.home)
            os.execvpe("zsh", ["zsh", "-i"], environment(self.home))
        said = b""
        try:
            for typed, then in ((b"", b"ready"), (b"edustation lib", b"library "), (b"edustation book pl", b"playback "),
                                (b"edustation programme add --kind i", b"individual "),
                                (b"edustation library import fi", b"films/")):
                if typed:
                    os.write(terminal, b"\x15" + typed + b"\t")  # in the place of the last line
                said = b""
                end = time.monotonic() + PATIENCE
                while then not in said and time.monotonic() < end:
                    if select.select([terminal], [], [], 1)[0]:
                        said += os.read(terminal, 65536)
                self.assertIn(then, said)
        finally:
            os.close(terminal)  # which ends the shell
            os.waitpid(child, 0)


if __name__ == "__main__":
    unittest.main()
