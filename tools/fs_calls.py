#!/usr/bin/env python3
"""Names file-system calls that throw where a thread of its own runs and nobody says who catches it.

One failing stat once ended the daemon. In ROOMS every std::filesystem call that may throw either takes a
std::error_code, or says in its line, or the line before, "// throws: WHO" who catches it.
"""
import pathlib
import re
import subprocess
import sys

ROOMS = ("receiver/multicast/", "receiver/channels/", "sender/")
CALLS = ("exists|is_directory|is_regular_file|is_symlink|is_empty|file_size|remove|remove_all|rename|create_directory|"
         "create_directories|last_write_time|status|symlink_status|copy|copy_file|space|canonical|equivalent|resize_file|"
         "read_symlink|hard_link_count|permissions|directory_iterator|recursive_directory_iterator")
CALL = re.compile(rf"\b(?:fs|std::filesystem)::({CALLS})\(")
ERROR_CODE = re.compile(r",\s*(?:error|failure|ignored|unknown)\)")
SAID = re.compile(r"// throws: \w")


def arguments(text, begin):
    """The text from an opening bracket to the one that closes it."""
    depth = 0
    for at in range(begin, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return text[begin:at + 1]
    return text[begin:]


def throwing(text):
    """Line numbers and names of the calls that nobody speaks for."""
    lines = text.split("\n")
    for call in CALL.finditer(text):
        if lines[text.count("\n", 0, call.start())].lstrip().startswith("//"):
            continue
        given = arguments(text, call.end() - 1)
        number = text.count("\n", 0, call.start())
        near = lines[max(number - 1, 0):number + 1]
        if given != "()" and not ERROR_CODE.search(given) and not any(SAID.search(line) for line in near):
            yield number + 1, call.group(1)


def main():
    files = subprocess.run(["git", "ls-files", "*.cpp", "*.h"], capture_output=True, text=True, check=True).stdout.split()
    for file in files:
        if file.startswith(ROOMS):
            for line, name in throwing(pathlib.Path(file).read_text()):
                print(f"{file}:{line}: fs::{name} throws: give it a std::error_code, or say who catches it (// throws: …)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
