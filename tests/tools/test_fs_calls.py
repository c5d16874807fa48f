import importlib.util
import pathlib
import unittest

TOOL = pathlib.Path(__file__).parents[2] / "tools" / "fs_calls.py"
spec = importlib.util.spec_from_file_location("fs_calls", TOOL)
fs_calls = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fs_calls)


class FsCalls(unittest.TestCase):
    def names(self, text):
        return [name for _, name in fs_calls.throwing(text)]

    def test_a_call_without_an_error_code_is_named(self):
        self.assertEqual(self.names("if (fs::exists(path)) return;"), ["exists"])
        self.assertEqual(self.names("for (auto& e : std::filesystem::directory_iterator(a / (b + \"x\")))"), ["directory_iterator"])

    def test_an_error_code_or_a_word_about_who_catches_it_is_enough(self):
        self.assertEqual(self.names("if (fs::exists(f(path), error)) return;"), [])
        self.assertEqual(self.names("fs::file_size(path);  // throws: open()"), [])
        self.assertEqual(self.names("// throws: open()\nfs::file_size(path);"), [])
        self.assertEqual(self.names("fs::directory_iterator()"), [])

    def test_other_functions_are_not_meant(self):
        self.assertEqual(self.names("// fs::exists(x) is no call\nfiles.remove(path); fs::path(a);"), [])


if __name__ == "__main__":
    unittest.main()
