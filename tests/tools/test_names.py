"""tools/names.py finds names of two sources that would be one thing when they are compiled together."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import names  # noqa: E402


def source(body: str) -> str:
    return f"namespace edu {{\nnamespace {{\n\n{body}\n\n}}  // namespace\n\nvoid seam() {{}}\n\n}}  // namespace edu\n"


class Names(unittest.TestCase):
    def problems(self, one: str, other: str, folder: str = "logs") -> list[str]:
        with tempfile.TemporaryDirectory() as place:
            root = pathlib.Path(place)
            for name, text in (("logs/one.cpp", one), (f"{folder}/other.cpp", other)):
                (root / name).parent.mkdir(exist_ok=True)
                (root / name).write_text(source(text), encoding="utf-8")
            return names.check(root)

    def test_names_a_constant_a_type_and_a_function_of_two_sources(self):
        for text, name in (("constexpr int kMost = 3;  // of them", "kMost"),
                           ("constexpr const char* kList[] = {\"a\",\n    \"b\"};", "kList"),
                           ("struct Free {\n  int a = 1;\n};", "Free"),
                           ("enum Type : int { kOne };", "Type"),
                           ("template <class T>\nclass Box {};", "Box"),
                           ("[[noreturn]] void fail(int error,\n                       const char* what = \"x\") {\n  f(error);\n}",
                            "fail(int, const char*)")):
            with self.subTest(name):
                self.assertEqual(self.problems(text, "int before() { return 1; }\n\n" + text),
                                 [f"logs: `{name}` is two things: one.cpp, other.cpp"])

    def test_names_one_that_is_not_the_first_of_its_line(self):
        self.assertEqual(self.problems("constexpr int kOne = 1, kTwo = 2,\n              kMost = 3;  // of them",
                                       "constexpr int kFour = 4, kMost = 5;"),
                         ["logs: `kMost` is two things: one.cpp, other.cpp"])

    def test_takes_overloads_and_what_is_inside(self):
        self.assertEqual(self.problems("int size(int a) {\n  const int kIn = 1;\n  return a;\n}",
                                       "int size(const Box<int, int>& a) {\n  const int kIn = 1;\n  return a;\n}"), [])

    def test_takes_the_same_alias_and_other_folders(self):
        self.assertEqual(self.problems("using A = B::C;", "using A = B::C;"), [])
        self.assertEqual(self.problems("constexpr int kMost = 3;", "constexpr int kMost = 3;", "library"), [])


if __name__ == "__main__":
    unittest.main()
