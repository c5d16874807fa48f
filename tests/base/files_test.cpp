#include "base/files.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/faulty_files.h"
#include "tests/support/temp_folder.h"

namespace edu {
namespace {

constexpr std::size_t kPlenty = 1 << 20;

TEST(Files, PublishLeavesTheOldBytesOrTheNewWhateverFails) {
  unsigned tried = 0;
  for (;; ++tried) {
    test::TempFolder folder;
    Files sound;
    publish(sound, folder / "a", "old");
    test::FaultyFiles files(tried);
    try {
      publish(files, folder / "a", "new");
    } catch (const std::system_error&) {
    }
    const auto bytes = read_file(folder / "a", kPlenty);
    EXPECT_TRUE(bytes == "old" || bytes == "new") << "operation " << tried;
    publish(sound, folder / "a", "newer");  // what a failed attempt left is no hindrance
    EXPECT_EQ(read_file(folder / "a", kPlenty), "newer");
    if (!files.failed()) break;
  }
  EXPECT_GE(tried, 5u);
}

TEST(Files, MoveKeepsTheBytesInOnePlaceAtLeast) {
  for (unsigned tried = 0;; ++tried) {
    test::TempFolder folder;
    Files sound;
    publish(sound, folder / "from", "bytes");
    test::FaultyFiles files(tried);
    try {
      move_durably(files, folder / "from", folder / "to");
    } catch (const std::system_error&) {
    }
    EXPECT_TRUE(fs::exists(folder / "from") || read_file(folder / "to", kPlenty) == "bytes");
    if (!files.failed()) break;
  }
}

TEST(Files, ReadFileRefusesWhatIsTooLargeOrNoFile) {
  test::TempFolder folder;
  Files files;
  publish(files, folder / "a", "12345");
  EXPECT_EQ(read_file(folder / "a", 5), "12345");
  EXPECT_THROW(read_file(folder / "a", 4), std::system_error);
  ::mkfifo((folder / "fifo").c_str(), 0600);
  EXPECT_THROW(read_file(folder / "fifo", 5), std::system_error);
  fs::create_symlink(folder / "a", folder / "link");
  EXPECT_THROW(read_file(folder / "link", 5), std::system_error);
}

TEST(Files, CreateDoesNotTouchAFileThatIsThere) {
  test::TempFolder folder;
  Files files;
  publish(files, folder / "a", "kept");
  EXPECT_THROW(files.create(folder / "a"), std::system_error);
  EXPECT_EQ(read_file(folder / "a", kPlenty), "kept");
}

TEST(Files, MakesFoldersWithTheirParents) {
  test::TempFolder folder;
  Files files;
  files.make_folder(folder / "a/b/c");
  files.make_folder(folder / "a/b/c");
  EXPECT_TRUE(fs::is_directory(folder / "a/b/c"));
  EXPECT_GT(files.space(folder.path()).total, files.space(folder.path()).available / 2);
}

}  // namespace
}  // namespace edu
