"""tools/rooms.py finds an include of each forbidden kind, and nothing in a house that is in order."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import rooms  # noqa: E402

DOCUMENT = """
# Rooms and who may include whom
words
| room | holds | may include |
|---|---|---|
| `base` | | – |
| `logs` | | `base` |
| `web/api` | | `base`, `logs` |

# One wrapper for each C library
| headers | included by |
|---|---|
| `sodium.h`, `openssl/` | `base/keys.cpp` |
"""

IN_ORDER = {
    "base/keys.h": "",
    "base/keys.cpp": '#include "base/keys.h"\n#include <sodium.h>\n',
    "logs/books.h": '#include "base/keys.h"\n',
    "web/api/routes.cpp": '#include <vector>\n#include "base/keys.h"\n#include "logs/books.h"\n',
    "tests/web/routes_test.cpp": "#include <sodium.h>\n",
}


class Rooms(unittest.TestCase):
    def problems(self, changed: dict[str, str], document: str = DOCUMENT) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in {**IN_ORDER, **changed, "docs/architecture.md": document}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            return rooms.check(root)

    def test_takes_a_house_in_order(self):
        self.assertEqual(self.problems({}), [])

    def test_names_an_include_that_the_table_does_not_allow(self):
        self.assertEqual(self.problems({"base/clock.cpp": '#include "logs/books.h"\n'})[0],
                         "base/clock.cpp:1: `base` may not include `logs` (logs/books.h)")

    def test_names_a_circle_of_includes(self):
        found = self.problems({"base/clock.cpp": '#include "logs/books.h"\n'})
        self.assertIn("the rooms' includes go in a circle: base → logs → base", found)

    def test_names_a_circle_in_the_table(self):
        found = self.problems({}, DOCUMENT.replace("| `base` | | – |", "| `base` | | `web/api` |"))
        self.assertIn("docs/architecture.md: the table has a cycle: base → web/api → base", found)

    def test_names_a_c_library_outside_its_wrapper(self):
        found = self.problems({"logs/books.h": '#include "base/keys.h"\n#include <openssl/evp.h>\n'})
        self.assertEqual(found, ["logs/books.h:2: <openssl/evp.h> belongs into base/keys.cpp alone"])

    def test_names_a_c_library_that_no_row_allows(self):
        found = self.problems({"base/clock.cpp": "#include <expat.h>\n#include <sys/stat.h>\n#include <boost/json.hpp>\n"})
        self.assertEqual(found, [
            "base/clock.cpp:1: <expat.h> is a C library's, and has no row in the table of wrappers (docs/architecture.md)"])

    def test_names_a_room_that_is_linked_beside_the_table(self):
        found = self.problems({"logs/CMakeLists.txt": "edu_room(logs\n  SOURCES a.cpp\n  ROOMS base web/api\n  LINKS x)\n"})
        self.assertEqual(found, ["logs/CMakeLists.txt: links `web/api`, which `logs` may not include"])

    def test_names_an_update_or_insert_with_a_word_between(self):
        found = self.problems({"logs/book.cpp": 'auto s = "CREATE TABLE line(no INTEGER)";\n',
                               "web/api/lines.cpp": 'auto s = "UPDATE OR IGNORE line SET no=1";\n'})
        self.assertEqual(found, ["web/api/lines.cpp:1: the table `line` is of `logs`; ask a function of that room"])

    def test_names_sql_over_a_table_of_another_room(self):
        found = self.problems({
            "logs/book.cpp": '#include "base/keys.h"\nauto s = "CREATE TABLE IF NOT EXISTS line(no INTEGER)";\n',
            "web/api/lines.cpp": 'auto s =\n    "SELECT max(no) "\n    "FROM line";\n',
            "base/note.cpp": 'sql::insert(db, "line", "no", e);\n'})
        self.assertEqual(sorted(found), [
            "base/note.cpp:1: the table `line` is of `logs`; ask a function of that room",
            "web/api/lines.cpp:3: the table `line` is of `logs`; ask a function of that room"])

    def test_names_a_table_of_a_room_beside_it_in_one_folder(self):
        document = DOCUMENT.replace("| `logs` | | `base` |", "| `logs/a` | | – |\n| `logs/b` | | `logs/a` |").replace(
            "`base`, `logs` |", "`base` |")
        found = self.problems({
            "logs/books.h": "", "web/api/routes.cpp": '#include "base/keys.h"\n', "logs/a/a.h": "",
            "logs/a/a.cpp": 'auto s = "CREATE TABLE one(no INTEGER); SELECT no FROM one";\n',
            "logs/b/b.cpp": '#include "logs/a/a.h"\nauto s = "SELECT no FROM one";\n'}, document)
        self.assertEqual(found, [
            "logs/books.h: its folder has no row in the table of rooms (docs/architecture.md)",
            "logs/b/b.cpp:2: the table `one` is of `logs/a`; ask a function of that room"])

    def test_names_a_table_that_two_rooms_create(self):
        made = 'auto s = "CREATE TABLE line(no INTEGER)";\n'
        found = self.problems({"logs/book.cpp": made, "web/api/lines.cpp": made})
        self.assertIn("the table `line` is created by several rooms: logs, web/api", found)

    def test_names_a_folder_without_a_row(self):
        found = self.problems({"kitchen/sink.cpp": ""})
        self.assertEqual(found, ["kitchen/sink.cpp: its folder has no row in the table of rooms (docs/architecture.md)"])

    def test_names_an_include_that_is_not_from_the_top(self):
        found = self.problems({"logs/books.h": '#include "base/keys.h"\n#include "keys.h"\n'})
        self.assertEqual(found, ['logs/books.h:2: "keys.h" is in no room; write the whole path from the top'])

    def test_names_a_right_that_nobody_uses(self):
        found = self.problems({"web/api/routes.cpp": ""})
        self.assertEqual(found, ["docs/architecture.md: `web/api` may include `logs` and does not; strike it out"])


if __name__ == "__main__":
    unittest.main()
