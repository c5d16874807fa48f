"""What the documents say of the programs, the settings, the house and its files is so. What they show to type can be
typed. The journal's kinds and the HTTP routes have tests of their own, beside the code."""
import functools
import os
import pathlib
import re
import subprocess
import tempfile
import tomllib
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ["EDU_BIN"])
PAGES = [ROOT / name for name in ("README.md", "README.zh_CN.md", "CONTRIBUTING.md", "NEWS.md")] + sorted((ROOT / "docs").glob("*.md"))
PROGRAMS = ["edustation", "edustationd", "edustation-deck", "edustation-disc", "edustation-probe", "edustation-record", "edustation-send", "edustation-workbook"]


@functools.cache
def said(*command):
    done = subprocess.run([BIN / command[0], *command[1:]], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


@functools.cache
def told(*command):
    return said(command[0], "--lang", "en", *command[1:], "--help")


def options(text):
    """The options that a program's help names."""
    return {name for line in text.splitlines() if re.match(r"  -", line) for name in re.findall(r"--?[a-z][\w-]*", line[:34])}


def commands(*above):
    """The commands below `above`, by name."""
    text = told("edustation", *above)
    if "\nCommands:\n" not in text:
        return []
    return re.findall(r"^  ([a-z][\w-]*)", text.split("\nCommands:\n")[1].split("\n\n")[0], re.M)


def manual(name):
    """A man page as plain text, without its requests and fonts."""
    text = next((ROOT / "docs/man").glob(name + ".*")).read_text(encoding="utf-8")
    text = re.sub(r"\\f.", "", text).replace("\\-", "-")
    return re.sub(r"^\.[A-Z]{1,2} ?", "", text, flags=re.M).replace('"', "")


def code(text):
    """The lines of a page's code blocks, continued lines joined."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.S | re.M)
    return [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]


def cells(page, heading):
    """The rows of the first table below a heading."""
    rows = []
    for line in (ROOT / page).read_text(encoding="utf-8").split(heading, 1)[1].splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            break
    return rows[2:]


def tracked():
    skipped = ("build", "var", ".git")
    return [p.relative_to(ROOT).as_posix() for top in ROOT.iterdir() if top.name not in skipped
            for p in ([top] if top.is_file() else top.rglob("*"))]


class Commands(unittest.TestCase):
    def test_the_man_page_names_every_command_and_no_other(self):
        page = (ROOT / "docs/man/edustation.1").read_text(encoding="utf-8").split(".SH COMMANDS")[1].split(".SH")[0]
        listed = {}
        for line in re.findall(r"^\.TP\n\.B (.+)", page.replace("\\-", "-"), re.M):
            words = line.split()
            below = words[1].split("|") if len(words) > 1 and re.fullmatch(r"[a-z|-]+", words[1]) else []
            listed.setdefault(words[0], []).extend(below)
        self.assertEqual(sorted(commands()), sorted(listed))
        for command in commands():
            if below := commands(command):
                self.assertEqual(sorted(below), sorted(listed[command]), command)

    def test_the_man_page_names_no_option_that_is_not_there(self):
        known = options(told("edustation"))
        for command in commands():
            for below in commands(command) or [None]:
                known |= options(told("edustation", *filter(None, (command, below))))
        self.assertEqual(set(re.findall(r"(?<![\w-])--[a-z][\w-]*", manual("edustation"))) - known, set())

    def test_the_senders_man_page_has_its_options(self):
        known = options(told("edustation-send")) - {"-h", "--help", "--version", "--md5"}
        named = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", manual("edustation-send")))
        self.assertEqual(known - named, set())
        self.assertEqual({name for name in named if name.startswith("--")} - known, set())

    def test_the_daemons_man_page_has_its_options(self):
        known = options(said("edustationd", "--help")) - {"-h", "--help"}
        self.assertEqual(set(re.findall(r"(?<![\w-])--[a-z][\w-]*(?=\W)", manual("edustationd").split("SEE ALSO")[0])) - known, set())
        self.assertEqual(known - set(re.findall(r"--[a-z][\w-]*", manual("edustationd"))), set())

    def test_what_is_shown_to_type_is_a_command_with_those_options(self):
        typed = [line for page in PAGES for line in code(page.read_text(encoding="utf-8"))]
        typed += re.findall(r"^edustation.*", manual("edustation").split("EXAMPLES")[1], re.M)
        typed += [words for page in PAGES for words in re.findall(r"`(edustation [^`…]+)`", page.read_text(encoding="utf-8"))]
        seen = 0
        for line in typed:
            words = line.split(" #")[0].split(" > ")[0].split()
            if not words or words[0] not in ("edustation", "edustation-send") or "|" in line.split("`")[0]:
                continue
            seen += 1
            with self.subTest(line):
                self.check(words)
        self.assertGreater(seen, 30)

    def check(self, words):
        if words[0] == "edustation-send":
            known = options(told("edustation-send"))
        else:
            known, below, path = options(told("edustation")), commands(), []
            for word in (w for w in words[1:] if not w.startswith("-")):
                if word not in below:
                    break
                path.append(word)
                below = commands(*path)
            if len(path) == 0:
                self.assertTrue(set(words[1:2]) & {"--json", "--lang", "--station"}, "no such command")
            known |= options(told("edustation", *path))
        used = {word.split("=")[0] for word in words if re.match(r"--[a-z]", word)}
        self.assertEqual(used - known, set())

    def test_dev_has_the_commands_that_are_named(self):
        known = set(re.findall(r"^\./dev ([a-z]+)", subprocess.run([ROOT / "dev", "help"], capture_output=True, text=True).stdout, re.M))
        for page in PAGES:
            named = set(re.findall(r"\./dev ([a-z]+)", page.read_text(encoding="utf-8"))) - {"help", "installs"}
            self.assertEqual(named - known, set(), page.name)


class Settings(unittest.TestCase):
    def setUp(self):
        listed = re.findall(r"^(?:# )?(?:\[\[)?([a-z][\w.]*)(?:\]\])?\.?([a-z_]\w*)? =", said("edustationd", "--list-settings"), re.M)
        self.known = {".".join(filter(None, pair)) for pair in listed}
        self.sections = {name.split(".")[0] for name in self.known}

    def test_settings_that_pages_name_exist(self):
        self.assertGreater(len(self.known), 30)
        for page in PAGES + [ROOT / "docs/man/edustationd.8", ROOT / "docs/man/zh_CN/edustationd.8"]:
            text = page.read_text(encoding="utf-8")
            named = {f"{a}.{b}" for a, b in re.findall(r"`([a-z]+)\.([a-z_]+)(?: = [^`]*)?`", text) if a in self.sections}
            named |= {f"{a}.{b}" for a, b in re.findall(r"`\[([a-z]+)\] ([a-z_]+)", text)}
            named |= {f"{a}.{b}" for a, b in re.findall(r"\\?-?-set ([a-z]+)\.([a-z_]+)=", text)}
            unknown = named - self.known - self.other_names() - {"station.db", "station.toml"}
            self.assertEqual(unknown, set(), page.name)

    @staticmethod
    @functools.cache
    def other_names():
        """Dotted names that are no settings: what sources and texts call kinds, events and refusals."""
        sources = " ".join((ROOT / f).read_text(encoding="utf-8") for f in tracked() if re.match(r"(?!tests|bench).*\.(cpp|h)$", f))
        refusals = tomllib.loads((ROOT / "texts/en.toml").read_text(encoding="utf-8"))["refusal"]
        events = re.findall(r'"((?:object|channel)_\w+)"', sources)  # sent as channel.<this>
        return ({f"channel.{name}" for name in events} | set(re.findall(r'"([a-z]+\.[a-z_]+)"', sources)) |
                {f"{a}.{b}" for a, below in refusals.items() for b in below})


class House(unittest.TestCase):
    def test_rooms_are_those_that_are_built(self):
        rooms = {re.findall("`([^`]+)`", row[0])[0] for row in cells("docs/architecture.md", "# Rooms and who may include whom")}
        built = re.search(r"set\(EDU_ROOMS\n(.*?)\)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"), re.S)[1]
        self.assertEqual(rooms, set(built.replace("${EDU_RAPTORQ_ROOM}", "flute/raptorq").split()))

    def test_the_top_level_holds_nothing_without_a_word(self):
        told = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
        rooms = {re.findall("`([^`/]+)", row[0])[0] for row in cells("docs/architecture.md", "# Rooms and who may include whom")}
        others = set(re.findall("`(\\w+)`", next(line for line in told.splitlines() if line.startswith("Besides, at the top"))))
        here = subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True, text=True).stdout.splitlines()
        folders = {name.split("/")[0] for name in here if "/" in name and not name.startswith(".")}
        if folders:  # a copy without git has no list
            self.assertEqual(folders, rooms | others)

    def test_files_that_pages_name_exist(self):
        files = tracked()
        foreign = {name for row in cells("docs/architecture.md", "# One wrapper for each C library") for name in re.findall("`([^`]+)`", row[0])}
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            for name in re.findall(r"`([\w./*-]+\.(?:cpp|h|py|sh|cmake|md))`", text):
                if name in foreign:
                    continue
                with self.subTest(f"{page.name}: {name}"):
                    pattern = re.compile("(.*/)?" + re.escape(name).replace(r"\*", "[^/]*") + "$")
                    self.assertTrue(any(pattern.match(f) for f in files), "no such file")
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
                self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")

    def test_no_source_names_a_page_that_is_not_there(self):
        for name in tracked():
            if name.endswith((".cpp", ".h", ".py", ".sh", ".txt", ".cmake", ".toml")):
                for page in re.findall(r"\b((?:docs/)?[A-Za-z]+\.md)\b", (ROOT / name).read_text(encoding="utf-8", errors="replace")):
                    self.assertTrue((ROOT / page).exists() or (ROOT / "docs" / page).exists(), f"{name}: {page}")


def constant(source, name):
    return int(re.search(rf"{name}\W*=?\s*[{{]?(\d+)", (ROOT / source).read_text(encoding="utf-8"))[1])


class Figures(unittest.TestCase):
    NUMBERS = dict(zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13)))

    def stated(self, page, pattern):
        found = re.search(pattern, (ROOT / page).read_text(encoding="utf-8"))
        self.assertIsNotNone(found, f"{page}: {pattern}")
        return [self.NUMBERS.get(word) or int(word) for word in found.groups()]

    def test_threads(self):
        page = "docs/architecture.md"
        self.assertEqual(self.stated(page, r"\*\*Workers\*\* \((\w+) threads\)"), [constant("app/station.cpp", "kWorkers")])
        syncs = constant("receiver/multicast/channel.cpp", "kSyncs")
        self.assertEqual(self.stated(page, r"\*\*A channel\*\* \((\w+) threads each\): RX, assembly, one worker that .*?, one that .*?, (\w+) that"),
                         [4 + syncs, syncs])

    # What a page says of a bound, and the constant that is the bound.
    BOUNDS = [
        ("docs/architecture.md", r"every (\d+) s anyway", "receiver/folder/folder_source.cpp", "kLookAnyway", 1000),
        ("docs/formats.md", r"got nothing for (\d+) days", "receiver/multicast/channel.cpp", "kGiveUpAfter{24 ", 1),
        ("docs/formats.md", r"The newest ([\d,]+) count", "receiver/multicast/done_table.h", "kMost", 1),
        ("docs/formats.md", r"written every (\d+) MiB", "receiver/catalogue/spool_file.h", "kSyncEvery =", 1),
        ("docs/formats.md", r"(\w+) where `trust.multicast` is `off`", "receiver/channels/multicast_source.cpp", "kPatience ", 1),
        ("docs/formats.md", r"`off`, (\w+) where it is `preferred`", "receiver/channels/multicast_source.cpp", "kPatiencePreferred", 1),
        ("docs/operating.md", r"`off`, (\w+) where it is `preferred`", "receiver/channels/multicast_source.cpp", "kPatiencePreferred", 1),
    ]

    def test_bounds(self):
        for page, pattern, source, name, unit in self.BOUNDS:
            with self.subTest(page=page, pattern=pattern):
                found = re.search(pattern, (ROOT / page).read_text(encoding="utf-8"))
                self.assertIsNotNone(found)
                said = 1 if found[1] == "minute" else self.NUMBERS.get(found[1]) or int(found[1].replace(",", ""))
                text = (ROOT / source).read_text(encoding="utf-8")
                bound = int(re.search(re.escape(name) + r"\D*([\d']+)", text)[1].replace("'", ""))
                self.assertEqual(said * unit, bound)

    def test_the_demo(self):
        people = (ROOT / "tools/demo/roster.csv").read_text(encoding="utf-8").splitlines()[1:]
        self.assertEqual(self.stated("README.md", r"a roster of (\d+) people"), [len(people)])
        media = (ROOT / "tools/demo/make_media.sh").read_text(encoding="utf-8")
        files = set(re.findall(r"[\w（）]+\.(?:mp4|mpg|wmv|mp3)(?![.\w])", media))
        self.assertEqual(self.stated("README.md", r"receives (\w+) files: (\w+) courses"), [len(files), len(files) - 2])
        run = (ROOT / "tools/demo/run.sh").read_text(encoding="utf-8")
        self.assertIn("seq -f '%03g' 1 {} |".format(*self.stated("README.md", r"signs in (\d+) of the")), run)


class Libraries(unittest.TestCase):
    """The table of programs in docs/dependencies.md, against what the binaries ask the loader for."""

    def needed(self, program):
        shown = subprocess.run(["readelf", "-d", BIN / program], capture_output=True, text=True, check=True).stdout
        return {re.sub(r"^lib|\.so.*", "", name) for name in re.findall(r"NEEDED.*\[([^\]]+)\]", shown)}

    def test_programs_link_what_the_table_says(self):
        rows = {re.findall("`([^`]+)`", row[0])[0]: set(re.findall("`([^`]+)`", row[1]))
                for row in cells("docs/dependencies.md", "## Licences of the whole")}
        self.assertEqual(sorted(rows), sorted(PROGRAMS))
        if self.needed("edustation") & {"asan", "tsan"}:
            self.skipTest("a sanitizer's build links whatever is offered to it")
        for program, named in rows.items():
            linked = {"lib" + name for name in self.needed(program) if re.match("av|sw|mpv|dvdread", name)}
            self.assertEqual(linked, named, program)

    def test_programs_are_those_that_are_installed(self):
        made = re.search(r"set\(EDU_PROGRAMS ([^)]*)\)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))[1].split()
        self.assertEqual(sorted(made), sorted(PROGRAMS))
        installed = (ROOT / "cmake/install.cmake").read_text(encoding="utf-8")
        for program in PROGRAMS:
            self.assertRegex(installed, rf"[( ]{program}[ )]")


class Install(unittest.TestCase):
    def test_puts_everything_in_place_and_leaves_settings_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(2):
                subprocess.run(["cmake", "--install", BIN.parent, "--prefix", "/usr"], env={**os.environ, "DESTDIR": folder},
                               capture_output=True, check=True)
                settings = pathlib.Path(folder, "etc/edustation/station.toml")
                if settings.read_text(encoding="utf-8") != "# mine":
                    self.assertEqual(settings.read_bytes(), (ROOT / "config/station.toml").read_bytes())
                    settings.write_text("# mine", encoding="utf-8")
            self.assertEqual(settings.read_text(encoding="utf-8"), "# mine")
            there = {path.name for path in pathlib.Path(folder).rglob("*") if path.is_file()}
            self.assertEqual(set(PROGRAMS) - there, set())
            manual = pathlib.Path(folder, "usr/share/man")
            pages = {page.relative_to(ROOT / "docs/man") for page in (ROOT / "docs/man").rglob("*.[18]")}
            self.assertEqual({page for page in pages if not (manual / page.parent / f"man{page.suffix[1]}" / page.name).is_file()}, set())


def without_comment(line):
    return re.sub(r"(^|\s)#.*", "", line).rstrip()


def without_code(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)


def inline(text):
    """What stands in `…` outside of the code blocks."""
    return re.findall(r"`([^`\n]+)`", without_code(text))


def words_to_type(text):
    """The options, and the commands with those below them, that a page names within its sentences."""
    typed = [words for words in inline(text) if words.startswith("edustation ")]
    named = {" ".join(re.match(r"edustation(?: [a-z][a-z-]+)*", words)[0].split()[:3]) for words in typed}
    return named | {name for words in inline(text) for name in re.findall(r"(?<![\w-])--[a-z][\w-]*", words)}


def shape(name, below=""):
    """What a man page has that is the same in every language: its requests' names, commands, options, examples."""
    page = (ROOT / "docs/man" / below / name).read_text(encoding="utf-8").replace("\\-", "-")
    text = re.sub(r"\\f.", "", page)
    return {"sections": re.findall(r"^\.S[HS]\b", page, re.M),
            "commands": re.findall(r"^\.TP\n\.B ([a-z][\w-]*(?: [a-z]+(?:\|[a-z]+)*)?)(?= |$)", page, re.M),
            "options": sorted(set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", text))),
            "examples": [re.findall(r"(?:^|(?<= ))(?:--?)?[a-z][a-z-]+(?= |$)", re.sub(r'"[^"]*"', "", line))
                         for line in text.split("\n.nf\n")[1].split("\n.fi")[0].splitlines()] if "\n.nf\n" in text else []}


class Languages(unittest.TestCase):
    """Each page that there is in two languages has the same chapters, and the same to type, in both."""

    PAIRS = (("README.md", "README.zh_CN.md"), ("docs/operating.md", "docs/operating.zh_CN.md"))

    def texts(self):
        for pair in self.PAIRS:
            yield *[(ROOT / page).read_text(encoding="utf-8") for page in pair], pair[1]

    def test_each_leads_to_the_other(self):
        for pair in self.PAIRS:
            for page, other in (pair, pair[::-1]):
                head = (ROOT / page).read_text(encoding="utf-8").splitlines()[:5]
                self.assertIn(f"({pathlib.Path(other).name})", " ".join(head), page)

    def test_chapters(self):
        for english, chinese, page in self.texts():
            levels = [re.findall(r"^(#+) ", without_code(text), re.M) for text in (english, chinese)]
            self.assertEqual(*levels, page)

    def test_tables_have_the_same_rows(self):
        for english, chinese, page in self.texts():
            tables = [[len(block.splitlines()) for block in re.findall(r"(?:^\|.*\n)+", text, re.M)] for text in (english, chinese)]
            self.assertEqual(*tables, page)

    def test_code_blocks(self):
        for english, chinese, page in self.texts():
            lines = [[line for line in map(without_comment, code(text)) if line] for text in (english, chinese)]
            self.assertEqual(*lines, page)
            indented = [re.findall(r"^    \S.*", text, re.M) for text in (english, chinese)]
            self.assertEqual(*indented, page)

    def test_commands_within_sentences(self):
        for english, chinese, page in self.texts():
            self.assertEqual(words_to_type(english), words_to_type(chinese), page)

    def test_links_within_a_page(self):
        for text in (text for pair in self.texts() for text in pair[:2]):
            headings = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"^#+ (.+)", text, re.M)}
            self.assertEqual(set(re.findall(r"\]\(#([^)]+)\)", text)) - headings, set())

    def test_man_pages(self):
        names = sorted(page.name for page in (ROOT / "docs/man").glob("*.[18]"))
        self.assertEqual(names, sorted(page.name for page in (ROOT / "docs/man/zh_CN").iterdir()))
        for name in names:
            with self.subTest(name):
                self.assertEqual(shape(name), shape(name, "zh_CN"))
                self.assertTrue(shape(name)["sections"] and shape(name)["options"])


class WhatToDoWhen(unittest.TestCase):
    """What the chapter has the station say, it says."""

    def test_the_words_are_the_stations(self):
        for page, chapter, texts in (("docs/operating.md", "What to do when", "en"), ("docs/operating.zh_CN.md", "遇到问题怎么办", "zh_CN")):
            told = (ROOT / f"texts/{texts}.toml").read_text(encoding="utf-8")
            text = (ROOT / page).read_text(encoding="utf-8").split(f"\n## {chapter}\n")[1].split("\n## ")[0]
            words = re.findall("“([^”]+)”", text)
            self.assertGreater(len(words), 25, page)
            self.assertEqual([one for one in words if one not in told], [], page)


if __name__ == "__main__":
    unittest.main()
