#!/usr/bin/env python3
"""Lengths of files and functions in lines: median, 90th percentile, longest. tools/lengths.py [--check] [ROOT]

With --check only what is too long is printed, and any such exits with 1: a file over 400 lines, a function over 60.
What has to be long says why in one line, `// Long: …` (`# Long: …`): a file in its first 15 lines, a function in the
line above it, or in the line after its opening brace. A mark on something that is short enough is a fault too.

A script rather than clang-tidy's readability-function-size: that takes minutes, needs a finished build, knows no
Python and no medians, and cannot be told a reason in a comment. It relies on what clang-format keeps: outside of
functions a brace opens a scope, an initialiser or a body, and the text before it says which.
"""
import ast
import pathlib
import re
import subprocess
import sys

FILE_LINES, FUNCTION_LINES = 400, 60
MARK = re.compile(r"(//|#) Long: \S")
# What is not read by people as text, or is one literal: comments, texts, numbers of several kinds.
TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|R"(?P<end>[^()\\\s]{0,16})\(.*?\)(?P=end)"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'"""
                   r"""|^[ \t]*\#(?:\\\n|[^\n])*""", re.S | re.M)
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
INITIALISERS = re.compile(r"\)\s*(?:noexcept\s*)?:(?!:)")


def blanked(text: str) -> str:
    """C++ without comments, texts and directives, every line where it was. Digits' separators are no quotes."""
    text = re.sub(r"(?<=\d)'(?=\d)", "0", text)
    return TOKEN.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def closing(text: str, at: int) -> int:
    depth = 0
    for found in re.finditer(r"[{}]", text[at:]):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return at + found.start()
    return len(text) - 1


def opens(head: str) -> str:
    """What a brace after `head` opens outside of functions: `scope`, `value` or `body`."""
    plain = re.sub(r"<[^<>;]*>", "", head)  # template parameters say `class` too
    before = head.rstrip()[-1:]
    if SCOPE.search(plain) and "(" not in SCOPE.split(plain)[-1] and ")" not in plain:
        return "scope"
    if before in ("=", ",", "("):
        return "value"
    if INITIALISERS.search(head) and re.match(r"[\w>]", before):
        return "value"  # a member's braces in a constructor's list
    return "body" if ")" in head else "value"


def cpp_functions(text: str) -> list[tuple[str, int, int]]:
    """Name, first line and last line of each function that has a body."""
    plain = blanked(text)
    found, head, at = [], 0, 0
    while at < len(plain):
        sign = plain[at]
        if sign in ";}":
            head = at + 1
        elif sign == "{":
            kind = opens(plain[head:at])
            if kind == "scope":
                head = at + 1
            else:
                end = closing(plain, at)
                if kind == "body":
                    begin = head + len(plain[head:at]) - len(plain[head:at].lstrip())
                    name = re.search(r"([\w:~]+|operator\S+)\s*\(", plain[begin:at])
                    title = name[1] if name else "?"
                    if title in ("TEST", "TEST_F", "TEST_P"):
                        title = re.sub(r"\s+", " ", plain[begin:at]).strip()
                    found.append((title, plain.count("\n", 0, begin) + 1, plain.count("\n", 0, end) + 1))
                    head = end + 1
                at = end
        at += 1
    return found


def python_functions(text: str) -> list[tuple[str, int, int]]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [(node.name, node.lineno, node.end_lineno) for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)]


def marked(lines: list[str]) -> bool:
    return any(MARK.search(line) for line in lines)


def measure(name: str, text: str) -> tuple[int, list[int], list[str]]:
    """Lines of the file, of each function, and what is wrong with them."""
    lines = text.splitlines()
    if name.endswith((".cpp", ".h")):
        functions = cpp_functions(text)
    else:
        functions = python_functions(text) if name.endswith(".py") else []
    bad, marks = [], sum(1 for line in lines if re.match(r"\s*" + MARK.pattern, line))
    reasons = 0
    if len(lines) > FILE_LINES:
        if not marked(lines[:15]):
            bad.append(f"{name}: {len(lines)} lines, more than {FILE_LINES}, and no reason (tools/lengths.py says where)")
        reasons += marked(lines[:15])
    for title, first, last in functions:
        if last - first + 1 > FUNCTION_LINES:
            given = marked(lines[max(first - 2, 0):first]) or marked(lines[first:first + 3])
            reasons += given
            if not given:
                bad.append(f"{name}:{first}: {title} has {last - first + 1} lines, more than {FUNCTION_LINES}, and no reason")
    if marks > reasons:
        bad.append(f"{name}: a `Long:` that nothing long needs")
    return len(lines), [last - first + 1 for _, first, last in functions], bad


def summary(what: str, lengths: list[int]) -> str:
    ordered = sorted(lengths)
    return (f"{what}: {len(ordered)}, median {ordered[len(ordered) // 2]}, p90 {ordered[len(ordered) * 9 // 10]}, "
            f"longest {ordered[-1]}")


def sources(root: pathlib.Path) -> list[pathlib.Path]:
    listed = subprocess.run(["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard", "*.cpp", "*.h", "*.py", "*.sh"],
                            capture_output=True, text=True, check=True).stdout.splitlines()
    return [root / name for name in sorted(set(listed)) if (root / name).is_file()]


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    root = pathlib.Path(([a for a in arguments if a != "--check"] or ["."])[0])
    every: dict[str, tuple[list[int], list[int]]] = {"product": ([], []), "tests": ([], [])}  # files, functions
    bad = []
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        length, functions, wrong = measure(name, path.read_text(encoding="utf-8"))
        bad += wrong
        files, bodies = every["tests" if name.startswith(("tests/", "bench/", "tools/")) else "product"]
        files.append(length)
        bodies += functions
    if not check:
        for part, (files, bodies) in every.items():
            print(summary(f"{part}: files", files), summary("functions", bodies), sep="\n" + " " * (len(part) + 2))
    print(*bad, sep="\n" if bad else "", end="\n" if bad else "")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
