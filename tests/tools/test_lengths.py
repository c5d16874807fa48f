"""tools/lengths.py finds functions by their bodies, and takes what is long only with its reason."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import lengths  # noqa: E402

SOURCE = '''#include "base/text.h"
namespace edu {
struct Part {
  int size() const { return size_; }
  int size_{0};
};
template <class T>
Part::Part(int size)
    : size_{size}, other_{
          1},
      third_(2) {
  if (size) { call([] { return "}"; }); }
}
const std::map<int, int> kTable = {
    {1, 2},  // } not the end
};
auto walk(const T& one) -> std::vector<int> {
  return {1'000, R"(})"};
}
}  // namespace edu
TEST(Part, HasASize) {
  EXPECT_EQ(1, 1);
}
'''


def function(lines, above="", inside=""):
    return f"{above}void f() {{\n{inside}" + "  ++n;\n" * (lines - 2 - inside.count("\n")) + "}\n"


class Lengths(unittest.TestCase):
    def test_finds_bodies_and_nothing_else(self):
        self.assertEqual(lengths.cpp_functions(SOURCE), [("size", 4, 4), ("Part::Part", 7, 13), ("walk", 17, 19),
                                                         ("TEST(Part, HasASize)", 21, 23)])

    def test_finds_python_functions(self):
        self.assertEqual(lengths.python_functions("def f():\n    pass\n\n\nclass A:\n    def g(self):\n        return 1\n"),
                         [("f", 1, 2), ("g", 6, 7)])

    def test_takes_sixty_lines_and_not_one_more(self):
        self.assertEqual(lengths.measure("a.cpp", function(60))[1:], ([60], []))
        self.assertEqual(lengths.measure("a.cpp", function(61))[2], ["a.cpp:1: f has 61 lines, more than 60, and no reason"])

    def test_takes_a_long_function_with_its_reason(self):
        self.assertEqual(lengths.measure("a.cpp", function(61, above="// Long: one case per kind.\n"))[2], [])
        self.assertEqual(lengths.measure("a.cpp", function(61, inside="  // Long: one case per kind.\n"))[2], [])

    def test_takes_a_long_file_with_its_reason(self):
        self.assertEqual(len(lengths.measure("a.h", "\n" * 401)[2]), 1)
        self.assertEqual(lengths.measure("a.h", "// Long: a table.\n" + "\n" * 400)[2], [])
        self.assertEqual(lengths.measure("a.sh", "\n" * 400)[2], [])

    def test_names_a_reason_that_nothing_needs(self):
        self.assertEqual(lengths.measure("a.h", "// Long: it was once.\nint a;\n")[2], ["a.h: a `Long:` that nothing long needs"])


if __name__ == "__main__":
    unittest.main()
