#!/usr/bin/env python3
"""Lists pairs of places in the sources that share six or more lines of code, the longest first.

Lines are compared without the blanks around them; empty lines, comments, includes and lines without a letter (braces
alone) do not count. A pair is a place to look, not a verdict: always exits 0.
"""
import pathlib
import subprocess
import sys

LEAST = 6
PATTERNS = ["*.cpp", "*.h", "*.py", "*.sh"]
Line = tuple[int, str]  # its number in the file, its text


def code_of(text: str) -> list[Line]:
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    return [(number, line) for number, line in lines
            if any(c.isalpha() for c in line) and not line.startswith(("//", "#", "}  // namespace", "namespace "))]


def pairs_of(files: dict[str, list[Line]], least: int = LEAST) -> list[tuple[int, str, int, str, int]]:
    """(lines, file, line, other file, its line), each run once and as long as it is."""
    seen: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    found = []
    for name, lines in files.items():
        for at in range(len(lines) - least + 1):
            places = seen.setdefault(tuple(text for _, text in lines[at:at + least]), [])
            for other, there in places:
                if other == name and at - there < least:
                    continue  # a run that overlaps itself
                before = files[other][there - 1][1] if there else None
                if before is not None and at and before == lines[at - 1][1]:
                    continue  # the rest of a run that was found already
                length = least
                while (at + length < len(lines) and there + length < len(files[other]) and
                       lines[at + length][1] == files[other][there + length][1]):
                    length += 1
                found.append((length, other, files[other][there][0], name, lines[at][0]))
            places.append((name, at))
    return sorted(found, key=lambda pair: (-pair[0], pair[1:]))


def main() -> None:
    names = sys.argv[1:] or subprocess.run(["git", "ls-files", *PATTERNS], check=True, capture_output=True,
                                           text=True).stdout.split()
    files = {name: code_of(pathlib.Path(name).read_text(encoding="utf-8")) for name in names
             if pathlib.Path(name).exists()}
    for length, one, line, other, there in pairs_of(files):
        print(f"{length:4}  {one}:{line}  {other}:{there}")


if __name__ == "__main__":
    main()
