#!/usr/bin/env python3
"""Holds every include of the product against the tables of docs/architecture.md: which room may include which, and
which source alone may include a C library; the rooms that a room's CMakeLists.txt links; and every table of the database
against the room that creates it. tools/rooms.py [ROOT]: prints what breaks the rules, exits with 1 for any.

A room is a folder that has a row; a source belongs to the row with the longest name that its path begins with.
A table of SQL is read and written by the room that creates it alone; others ask a function of that room.
Tests and benchmarks may look into every room; their sources are not checked.
"""
import pathlib
import re
import sys

UNCHECKED = ("tests/", "bench/", "tools/")
OWN = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
CREATED = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)")
SQL = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE(?:\s+OR\s+\w+)?)\s+(\w+)|\binsert\(\s*[\w.*]+,\s*\"(\w+)\"")
FOREIGN = re.compile(r"^\s*#\s*include\s+<([^>]+)>")
LINKED = re.compile(r"edu_room\((\S+)\s[^)]*?\bROOMS\s+([^)]*?)(?:\bLINKS\b[^)]*)?\)")
# Headers of C that need no wrapper: the C library and the kernel. C++ libraries are used wherever they help.
SYSTEM = re.compile(r"(sys|linux|net|netinet|arpa)/|(unistd|fcntl|dlfcn|signal|time|poll|stdlib|spawn|sched|netdb|dirent|errno|pwd|grp|endian|termios)\.h$")
CPLUSPLUS = ("boost/", "fmt/", "spdlog/", "SQLiteCpp/", "toml++/", "tl/", "CLI/", "pugixml")


def table(document: str, heading: str) -> list[list[str]]:
    """The rows of the first table below `heading`, as cells."""
    if heading not in document:
        sys.exit(f"docs/architecture.md has no heading '{heading}'")
    rows: list[list[str]] = []
    for line in document.split(heading, 1)[1].splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            break
    return rows[2:]  # without the headings and the line below them


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def room_of(path: str, rooms: dict[str, set[str]]) -> str | None:
    inside = [room for room in rooms if path.startswith(room + "/")]
    return max(inside, key=len, default=None)


def cycle(edges: dict[str, set[str]]) -> list[str] | None:
    """A way through `edges` that comes back to where it began, or none."""
    done: set[str] = set()

    def walk(room: str, way: list[str]) -> list[str] | None:
        if room in way:
            return way[way.index(room):] + [room]
        if room in done:
            return None
        for other in sorted(edges.get(room, ())):
            if found := walk(other, way + [room]):
                return found
        done.add(room)
        return None

    for room in sorted(edges):
        if found := walk(room, []):
            return found
    return None


def tables_of_others(texts: dict[str, str], rooms: dict[str, set[str]]) -> list[str]:
    """Where a source names a table of the database that another room owns."""
    owners: dict[str, set[str]] = {}
    for name, text in texts.items():
        for made in CREATED.findall(text):
            owners.setdefault(made, set()).add(room_of(name, rooms))
    bad = [f"the table `{made}` is created by several rooms: {', '.join(sorted(by))}"
           for made, by in sorted(owners.items()) if len(by) > 1]
    for name, text in texts.items():
        room = room_of(name, rooms)
        for found in SQL.finditer(text):
            for owner in owners.get(found[1] or found[2], {room}) - {room}:
                line = text.count("\n", 0, found.start()) + 1
                bad.append(f"{name}:{line}: the table `{found[1] or found[2]}` is of `{owner}`; ask a function of that room")
    return bad


def misplaced(header: str, place: str, source: str, wrappers: dict[str, list[str]]) -> list[str]:
    """What is wrong with a source's include of a header that is not ours."""
    allowed = [sources for library, sources in wrappers.items() if header.startswith(library)]
    if allowed:
        return [] if source in allowed[0] else [f"{place}: <{header}> belongs into {', '.join(allowed[0])} alone"]
    if "." not in header or header.startswith(CPLUSPLUS) or SYSTEM.match(header):
        return []
    return [f"{place}: <{header}> is a C library's, and has no row in the table of wrappers (docs/architecture.md)"]


def linked_beside_the_table(root: pathlib.Path, rooms: dict[str, set[str]]) -> list[str]:
    """Where a room's CMakeLists.txt links a room that the table does not let it include."""
    bad = []
    for room in sorted(rooms):
        cmake = root / room / "CMakeLists.txt"
        for found in LINKED.finditer(cmake.read_text(encoding="utf-8") if cmake.is_file() else ""):
            for other in found[2].split():
                if found[1] == room and other in rooms and other not in rooms[room]:
                    bad.append(f"{room}/CMakeLists.txt: links `{other}`, which `{room}` may not include")
    return bad


def check(root: pathlib.Path) -> list[str]:
    document = (root / "docs/architecture.md").read_text(encoding="utf-8")
    rooms = {names(row[0])[0]: set(names(row[2])) for row in table(document, "# Rooms and who may include whom")}
    wrappers = {name: names(row[1]) for row in table(document, "# One wrapper for each C library") for name in names(row[0])}
    bad = [f"docs/architecture.md: `{room}` may include `{other}`, which has no row"
           for room, others in sorted(rooms.items()) for other in sorted(others - rooms.keys())]
    bad += [f"docs/architecture.md: the room `{room}` is no folder" for room in sorted(rooms) if not (root / room).is_dir()]
    if found := cycle(rooms):
        bad.append("docs/architecture.md: the table has a cycle: " + " → ".join(found))
    uses: dict[str, set[str]] = {room: set() for room in rooms}
    texts: dict[str, str] = {}
    for path in sorted(p for end in ("*.cpp", "*.h") for p in root.rglob(end)):
        name = path.relative_to(root).as_posix()
        if name.startswith(UNCHECKED + ("build/", "var/", ".")):
            continue
        room = room_of(name, rooms)
        if room is None:
            bad.append(f"{name}: its folder has no row in the table of rooms (docs/architecture.md)")
            continue
        texts[name] = path.read_text(encoding="utf-8")
        for number, line in enumerate(texts[name].splitlines(), 1):
            if own := OWN.match(line):
                other = room_of(own[1], rooms)
                if other is None:
                    bad.append(f'{name}:{number}: "{own[1]}" is in no room; write the whole path from the top')
                elif other != room:
                    uses[room].add(other)
                    if other not in rooms[room]:
                        bad.append(f"{name}:{number}: `{room}` may not include `{other}` ({own[1]})")
            elif foreign := FOREIGN.match(line):
                bad += misplaced(foreign[1], f"{name}:{number}", name, wrappers)
    bad += linked_beside_the_table(root, rooms) + tables_of_others(texts, rooms)
    if found := cycle(uses):
        bad.append("the rooms' includes go in a circle: " + " → ".join(found))
    for room, others in sorted(rooms.items()):
        for other in sorted(others - uses[room] - {"base", "config", "calendar"}):
            bad.append(f"docs/architecture.md: `{room}` may include `{other}` and does not; strike it out")
    return bad


if __name__ == "__main__":
    problems = check(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
