#include "receiver/multicast/leftovers.h"

#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/faulty_files.h"
#include "tests/support/temp_folder.h"

namespace edu::multicast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Leftovers : public testing::Test {
 protected:
  void put(const std::string& name, std::int64_t seconds) {
    std::ofstream(folder_ / name) << "x";
    const timespec when[] = {{seconds, 0}, {seconds, 0}};
    ::utimensat(AT_FDCWD, (folder_ / name).c_str(), when, 0);
  }
  test::TempFolder folder_;
  test::FaultyFiles files_;
};

TEST_F(Leftovers, AreDescribedBesideTheirBytes) {
  const About about{"果树.mp4", "192.0.2.1 TSI 7", from_ms(1'795'000'000'000), 5000, 400};
  write_about(files_, folder_ / "aa", about);
  EXPECT_EQ(read_about(folder_ / "aa"), about);
  auto more = about;
  more.received = 500;
  write_about(files_, folder_ / "aa", more);
  EXPECT_EQ(read_about(folder_ / "aa"), more);
}

TEST_F(Leftovers, WithoutAGoodDescriptionHaveNoName) {
  EXPECT_EQ(read_about(folder_ / "aa"), std::nullopt);
  for (const auto* text : {"", "{", "[]", "{}", R"({"name": ""})", "\0\0\0\0"}) {
    std::ofstream(folder_ / "aa.json", std::ios::trunc) << text;
    EXPECT_EQ(read_about(folder_ / "aa"), std::nullopt) << text;
  }
}

TEST_F(Leftovers, AreThoseWhoseNewestFileIsOld) {
  put("old.part", 1000), put("old.map", 1500), put("old.json", 1200);
  put("going.part", 1000), put("going.map", 3000);
  EXPECT_THAT(left_since(folder_.path(), from_ms(2'000'000)), ElementsAre(folder_ / "old"));
  EXPECT_THAT(left_since(folder_.path(), from_ms(1'500'000)), IsEmpty());
}

TEST_F(Leftovers, AreRemovedWholeAndAlone) {
  for (const auto* name : {"a.part", "a.map", "a.spool", "a.json", "b.part"}) put(name, 1000);
  remove_leftover(files_, folder_ / "a");
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder_.path()))
    left.push_back(entry.path().filename().string());
  EXPECT_THAT(left, ElementsAre("b.part"));
}

}  // namespace
}  // namespace edu::multicast
