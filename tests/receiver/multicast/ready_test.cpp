#include "receiver/multicast/ready.h"

#include <array>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace edu::multicast {
namespace {

ReadyFile lesson(std::uint8_t key) {
  ReadyFile file{"192.0.2.1 TSI 7", "0123456789abcdef", {}, {}, "果树 1.mp4"};
  file.key.fill(key);
  file.digest.fill(0xab);
  return file;
}

TEST(Ready, ReadsFromAPathWhatTheFileIs) {
  const auto path = path_of("/ready", lesson(1));
  EXPECT_EQ(read_path("/ready", path), lesson(1));
  EXPECT_EQ(object_folder(path).filename(), to_hex(lesson(1).key));
}

TEST(Ready, PassesOverPathsThatAreNoneOfOurs) {
  const auto path = path_of("/ready", lesson(1));
  EXPECT_FALSE(read_path("/elsewhere", path));
  EXPECT_FALSE(read_path("/ready", path.parent_path()));
  EXPECT_FALSE(read_path("/ready", path / "more"));
  for (const auto* strange : {"a/b/c/d/e", "", "a"})
    EXPECT_FALSE(read_path("/ready", fs::path("/ready") / strange));
  auto upper = path.string();
  upper.replace(upper.find("abab"), 4, "ABAB");
  EXPECT_FALSE(read_path("/ready", upper)) << "that is not where path_of() has it";
}

TEST(Ready, ListsWhatLiesThereAndNothingElse) {
  const test::TempFolder folder;
  EXPECT_THAT(files_in(folder.path()), testing::IsEmpty());
  for (const auto key : std::array<std::uint8_t, 2>{1, 2}) {
    const auto path = path_of(folder.path(), lesson(key));
    fs::create_directories(path.parent_path());
    std::ofstream(path) << "media";
    std::ofstream(object_folder(path) / "stray") << "no file of ours";
  }
  EXPECT_THAT(files_in(folder.path()), testing::UnorderedElementsAre(lesson(1), lesson(2)));
}

}  // namespace
}  // namespace edu::multicast
