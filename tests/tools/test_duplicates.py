"""tools/duplicates.py finds equal runs once, in their whole length, and passes over what is no code."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import duplicates  # noqa: E402

RUN = "".join(f"  step_{number}();\n" for number in range(8))


class Duplicates(unittest.TestCase):
    def pairs(self, **files: str) -> list[tuple[int, str, int, str, int]]:
        return duplicates.pairs_of({name: duplicates.code_of(text) for name, text in files.items()})

    def test_finds_a_run_once_in_its_whole_length(self):
        self.assertEqual(self.pairs(a="first();\n" + RUN, b=RUN + "last();\n"), [(8, "a", 2, "b", 1)])

    def test_finds_two_places_of_one_file(self):
        self.assertEqual(self.pairs(a=RUN + "between();\n" + RUN), [(8, "a", 1, "a", 10)])

    def test_compares_without_blanks_comments_and_braces(self):
        loose = RUN.replace("  step", "// why\n\n      step").replace("step_3();", "step_3();\n}")
        self.assertEqual(self.pairs(a=RUN, b=loose), [(8, "a", 1, "b", 3)])

    def test_five_lines_are_none(self):
        five = "".join(RUN.splitlines(keepends=True)[:5])
        self.assertEqual(self.pairs(a=five + "here();\n", b=five + "there();\n"), [])

    def test_includes_are_none(self):
        includes = "".join(f"#include <header_{number}.h>\n" for number in range(8))
        self.assertEqual(self.pairs(a=includes, b=includes), [])


if __name__ == "__main__":
    unittest.main()
