#!/usr/bin/env python3
"""Names that the unnamed namespaces of two sources of one folder give to two things: a constant, a type, a function with
the same parameters. `./dev run` compiles the sources of a room together (EDU_UNITY in CMakeLists.txt), where they
would be one thing, and a reader takes them for one. Overloads may have one name. tools/names.py [ROOT]: prints what
breaks the rule, exits with 1 for any.
"""
import collections
import pathlib
import re
import sys

UNCHECKED = ("tests", "bench", "tools", "build", "var")
WRAPPING = re.compile(r"(?:template <.*?>|inline|static|constexpr|\[\[\w+\]\]) ")
SPACES = ("using ", "namespace ", "BOOST_")
TYPE = re.compile(r"(?:struct|class|enum class|enum) (\w+)")
FUNCTION = re.compile(r"[\w:<>,&* ]*?[ &*](\w+)\((.*)\)(?: const| noexcept)*$")
VALUE = re.compile(r"[\w:<>,&* ]*[ &*](\w+)(?:\[.*\])?$")


def declarations(text: str):
    """What begins a line in the unnamed namespaces of a source, each up to its body or value."""
    inside, begun = False, ""
    for line in text.splitlines():
        if line.startswith("namespace {"):
            inside = True
        elif line.rstrip() == "}  // namespace":
            inside = False
        elif inside and (begun or re.match(r"[A-Za-z\[]", line)):
            begun = f"{begun} {re.sub(r'//.*', '', line).strip()}".strip()
            heads = (begun[:end.start()] for end in re.finditer(r" = |[{;]", begun))
            if whole := next((head for head in heads if head.count("(") == head.count(")")), None):
                yield whole.strip()
                begun = ""


def listed(text: str) -> list[tuple[str, str]]:
    """The names after the first one of "constexpr int kOne = 1, kOther = 2;"."""
    plain = re.sub(r"//.*", "", text)
    return [(name, "") for line in re.findall(r"^constexpr [\w: ]+ = [^;(\"]*;", plain, re.M)
            for name in re.findall(r",\s+(\w+) = ", line)]


def name_of(declaration: str) -> tuple[str, str] | None:
    """The name, and the types of the parameters where it is a function."""
    while match := WRAPPING.match(declaration):
        declaration = declaration[match.end():]
    if declaration.startswith(SPACES):
        return None
    if match := TYPE.match(declaration):
        return match[1], ""
    if match := FUNCTION.match(declaration):
        types = [re.sub(r"\s*\b\w+(?: = .*)?$", "", one.strip()) for one in re.split(r",(?![^<]*>)", match[2])]
        return match[1], "(" + ", ".join(types) + ")"
    match = VALUE.match(declaration)
    return (match[1], "") if match else None


def check(root: pathlib.Path) -> list[str]:
    places: dict[tuple[str, str, str], set[str]] = collections.defaultdict(set)
    for path in sorted(root.rglob("*.cpp")):
        where = path.relative_to(root)
        if where.parts[0].startswith((".", *UNCHECKED)):
            continue
        text = path.read_text(encoding="utf-8")
        for name in [*filter(None, map(name_of, declarations(text))), *listed(text)]:
            places[(where.parent.as_posix(), *name)].add(where.name)
    return [f"{folder}: `{name}{parameters}` is two things: {', '.join(sorted(files))}"
            for (folder, name, parameters), files in sorted(places.items()) if len(files) > 1]


if __name__ == "__main__":
    problems = check(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
