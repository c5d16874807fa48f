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
        self.assertEqual(self.names("std::error_code left;\nif (fs::exists(f(path), left)) return;"), [])
        self.assertEqual(self.names("if (fs::exists(f(path), left)) return;"), ["exists"])
        self.assertEqual(self.names("fs::file_size(path);  // throws: open()"), [])
        self.assertEqual(self.names("// throws: open()\nfs::file_size(path);"), [])
        self.assertEqual(self.names("fs::directory_iterator()"), [])

    def test_a_file_may_say_it_once(self):
        self.assertEqual(self.names("// fs calls throw: main\nfs::file_size(path);"), [])

    def test_a_loop_throws_while_it_goes_on(self):
        self.assertEqual(self.names("std::error_code no;\nfor (const auto& e : fs::directory_iterator(a, no)) f(e);"),
                         ["directory_iterator"])
        self.assertEqual(self.names("std::error_code no;\nfor (fs::directory_iterator at(a, no), end; at != end; at.increment(no))"),
                         [])

    def test_what_asks_an_entry_throws_too(self):
        self.assertEqual(self.names("if (!entry.is_regular_file()) continue;"), ["is_regular_file"])

    def test_a_status_that_is_there_asks_nothing(self):
        self.assertEqual(self.names("std::error_code no;\nconst auto status = fs::status(a, no);\nif (fs::exists(status)) f();"), [])
        self.assertEqual(self.names("fs::exists(fs::symlink_status(a))"), ["symlink_status"])

    def test_other_functions_are_not_meant(self):
        self.assertEqual(self.names("// fs::exists(x) is no call\nfiles.remove(path); fs::path(a);"), [])


if __name__ == "__main__":
    unittest.main()
