#!/usr/bin/env python3
"""Names file-system calls of the product that may throw while nobody says who catches it.

One failing stat once ended the daemon. Every call of std::filesystem that asks the disk either takes a
std::error_code that the file declares, or says in its line, or the line before, "// throws: WHO" who catches it;
a file whose calls all end with the same one says it once: "// fs calls throw: WHO". What asks nothing (a status that
is there already) is not meant. A loop over a folder throws while it goes on, whatever it was given at its start.
"""
import pathlib
import re
import subprocess
import sys

LEFT_OUT = ("tests/", "bench/")
CALLS = ("exists|is_directory|is_regular_file|is_block_file|is_symlink|is_empty|file_size|remove|remove_all|rename|"
         "create_directory|create_directories|last_write_time|status|symlink_status|copy|copy_file|space|canonical|"
         "weakly_canonical|equivalent|resize_file|read_symlink|hard_link_count|permissions|directory_iterator|"
         "recursive_directory_iterator|temp_directory_path|current_path")
CALL = re.compile(rf"\b(?:fs|std::filesystem)::({CALLS})(?:\s+\w+)?\(")
OF_ENTRY = re.compile(r"\b\w+(?:\.|->)(is_regular_file|is_directory|is_symlink|is_block_file|file_size|last_write_time)\(\)")
LOOP = re.compile(r"\bfor \([^;()]*:\s*$")
DECLARED = re.compile(r"\bstd::error_code\s+(\w+(?:,\s*\w+)*)")
OF_STATUS = re.compile(r"^\(\s*(?:\w*status\w*|(?:fs|std::filesystem)::(?:symlink_)?status\(.*\))\s*\)$", re.DOTALL)
SAID = re.compile(r"// throws: \w")
SAID_OF_FILE = re.compile(r"^// fs calls throw: \w", re.MULTILINE)


def arguments(text, begin):
    """The text from an opening bracket to the one that closes it."""
    depth = 0
    for at in range(begin, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return text[begin:at + 1]
    return text[begin:]


def takes_error_code(given, declared):
    last = re.search(r",\s*(\w+)\s*\)$", given)
    return last is not None and last.group(1) in declared


def calls(text):
    """Position and name of each call that may throw."""
    declared = {name.strip() for names in DECLARED.findall(text) for name in names.split(",")}
    for call in CALL.finditer(text):
        given = arguments(text, call.end() - 1)
        loop = LOOP.search(text[text.rfind("\n", 0, call.start()) + 1:call.start()])
        if given == "()" or OF_STATUS.match(given) or (takes_error_code(given, declared) and not loop):
            continue
        yield call.start(), call.group(1)
    for call in OF_ENTRY.finditer(text):
        yield call.start(), call.group(1)


def throwing(text):
    """Line numbers and names of the calls that nobody speaks for."""
    if SAID_OF_FILE.search(text):
        return
    lines = text.split("\n")
    for at, name in sorted(calls(text)):
        number = text.count("\n", 0, at)
        near = lines[max(number - 1, 0):number + 1]
        if not lines[number].lstrip().startswith("//") and not any(SAID.search(line) for line in near):
            yield number + 1, name


def main():
    files = subprocess.run(["git", "ls-files", "*.cpp", "*.h"], capture_output=True, text=True, check=True).stdout.split()
    for file in files:
        if not file.startswith(LEFT_OUT):
            for line, name in throwing(pathlib.Path(file).read_text()):
                print(f"{file}:{line}: {name} throws: give it a std::error_code, or say who catches it (// throws: …)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
