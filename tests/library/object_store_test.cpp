#include <gmock/gmock.h>

#include "store_support.h"

namespace edu::library {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kMiB = 1 << 20;

TEST(ObjectStore, NamesAnObjectByItsDigest) {
  test::TempFolder folder;
  Files files;
  ObjectStore store(files, folder.path(), kNoReserve);
  const auto sha256 = put(store, "a lesson").value();
  EXPECT_EQ(sha256, hex_of("a lesson"));
  EXPECT_EQ(store.path(sha256), folder / ("objects/" + sha256.substr(0, 2) + "/" + sha256));
  EXPECT_EQ(content_of(store.path(sha256)), "a lesson");
  EXPECT_EQ(content_of(store.poster_path(sha256)), "jpeg of a lesson");
  EXPECT_TRUE(store.holds(sha256));
  EXPECT_FALSE(store.lacks(sha256));
  EXPECT_THAT(files_in(folder / "objects/staging"), IsEmpty());
}

TEST(ObjectStore, KeepsAnEmptyFileAndPutsTheSameObjectTwice) {
  test::TempFolder folder;
  Files files;
  ObjectStore store(files, folder.path(), kNoReserve);
  EXPECT_EQ(put(store, "").value(), hex_of(""));
  EXPECT_EQ(put(store, "").value(), hex_of(""));
  EXPECT_EQ(files_in(folder.path()).size(), 2u);
}

TEST(ObjectStore, RemovesWhatIsStagedAndNotPublished) {
  test::TempFolder folder;
  Files files;
  ObjectStore store(files, folder.path(), kNoReserve);
  {
    auto staged = store.stage(3).value();
    ASSERT_TRUE(staged.write(bytes_of("abc")));
    auto moved = std::move(staged);
    EXPECT_EQ(content_of(moved.path()), "abc");
  }
  EXPECT_THAT(files_in(folder.path()), IsEmpty());
}

TEST(ObjectStore, TakesAWholeFileByASecondNameWithoutCopying) {
  test::TempFolder folder;
  Files files;
  ObjectStore store(files, folder.path(), kNoReserve);
  const auto arrived = folder / "arrived";
  std::ofstream(arrived) << "a lesson";
  const auto digest = Sha256().update("a lesson").finish();
  auto staged = store.stage_link(arrived, digest, 8);
  ASSERT_TRUE(staged);
  EXPECT_TRUE(fs::equivalent(staged->path(), arrived)) << "the same bytes, not a copy";
  const auto sha256 = to_hex(staged->finish());
  EXPECT_EQ(sha256, hex_of("a lesson"));
  ASSERT_TRUE(store.publish(*std::move(staged)));
  fs::remove(arrived);
  EXPECT_EQ(content_of(store.path(sha256)), "a lesson");
  EXPECT_THAT(files_in(folder / "objects/staging"), IsEmpty());
}

TEST(ObjectStore, LetsTheSecondNameGoWhenItIsNotPublished) {
  test::TempFolder folder;
  Files files;
  ObjectStore store(files, folder.path(), kNoReserve);
  const auto arrived = folder / "arrived";
  std::ofstream(arrived) << "a lesson";
  store.stage_link(arrived, Sha256().update("a lesson").finish(), 8).reset();
  EXPECT_THAT(files_in(folder / "objects/staging"), IsEmpty());
  EXPECT_EQ(content_of(arrived), "a lesson");
}

TEST(ObjectStore, CopiesWhatCannotHaveASecondName) {
  test::TempFolder folder;
  Files files;
  ObjectStore store(files, folder.path(), kNoReserve);
  const fs::path elsewhere = "/proc/version";  // of another file system
  EXPECT_FALSE(store.stage_link(elsewhere, Sha256().update("x").finish(), 1));
}

TEST(ObjectStore, RemovesObjectAndPoster) {
  test::TempFolder folder;
  Files files;
  ObjectStore store(files, folder.path(), kNoReserve);
  const auto sha256 = put(store, "a lesson").value();
  store.remove(sha256);
  EXPECT_FALSE(store.holds(sha256));
  EXPECT_TRUE(store.lacks(sha256));
  EXPECT_THAT(files_in(folder.path()), IsEmpty());
  store.remove(sha256);             // what is gone is no error
  store.remove(hex_of("unknown"));  // nor what never was
}

TEST(ObjectStore, ADiskThatDoesNotAnswerSaysNeither) {
  test::TempFolder folder;
  Files files;
  const ObjectStore store(files, folder.path(), kNoReserve);
  const std::string unaskable(5000, 'a');  // no file system has such a name
  EXPECT_FALSE(store.holds(unaskable));
  EXPECT_FALSE(store.lacks(unaskable));
}

TEST(ObjectStore, ASymlinkIsNoObject) {
  test::TempFolder folder;
  Files files;
  ObjectStore store(files, folder.path(), kNoReserve);
  const auto sha256 = put(store, "a lesson").value();
  store.remove(sha256);
  fs::create_symlink("/etc/passwd", store.path(sha256));
  EXPECT_FALSE(store.holds(sha256));
}

// Operation N fails: whatever N is, nothing partial is visible and the next attempt succeeds.
TEST(ObjectStore, AnyFailingOperationLeavesNothingPartialAndTheNextAttemptSucceeds) {
  const std::string lesson = "a lesson that is stored";
  unsigned failures = 0;
  for (unsigned n = 0;; ++n) {
    test::TempFolder folder;
    Files sound;
    ObjectStore(sound, folder.path(), kNoReserve);
    test::FaultyFiles files(n);
    bool stored = false;
    try {
      ObjectStore store(files, folder.path(), kNoReserve);
      const auto result = put(store, lesson);
      stored = result.has_value();
      if (!stored) {
        EXPECT_EQ(result.error().code, "library.no_space") << "operation " << n;
      }
    } catch (const std::system_error&) {
    }
    if (!files.failed()) {
      EXPECT_TRUE(stored);
      break;
    }
    ++failures;
    const auto object = folder / ("objects/" + hex_of(lesson).substr(0, 2) + "/" + hex_of(lesson));
    if (fs::exists(object)) {
      EXPECT_EQ(content_of(object), lesson) << "operation " << n;
    }
    ObjectStore again(sound, folder.path(), kNoReserve);
    again.sweep({}, {});
    EXPECT_THAT(files_in(folder / "objects"), IsEmpty()) << "operation " << n;
    EXPECT_EQ(put(again, lesson).value(), hex_of(lesson)) << "operation " << n;
  }
  EXPECT_GT(failures, 12u);
}

// As if the machine lost its power at operation N: nothing after it happens, not even tidying up.
TEST(ObjectStore, PowerLossAtAnyOperationIsSweptAtTheNextStart) {
  const std::string lesson = "a lesson that is stored";
  for (unsigned n = 0;; ++n) {
    test::TempFolder folder;
    Files sound;
    ObjectStore(sound, folder.path(), kNoReserve);
    test::FaultyFiles files(n, true);
    try {
      ObjectStore store(files, folder.path(), kNoReserve);
      std::ignore = put(store, lesson);
    } catch (const std::system_error&) {
    }
    if (!files.failed()) break;
    ObjectStore again(sound, folder.path(), kNoReserve);
    const auto swept = again.sweep({}, {});
    EXPECT_THAT(files_in(folder / "objects"), IsEmpty()) << "operation " << n;
    EXPECT_EQ(swept.orphans, std::ssize(files_in(folder / "quarantine"))) << "operation " << n;
    EXPECT_EQ(put(again, lesson).value(), hex_of(lesson)) << "operation " << n;
  }
}

TEST(DiskReserve, RefusesAFileThatWouldBreakIntoIt) {
  test::TempFolder folder;
  test::FaultyFiles files;
  files.pretend({1000 * kMiB, 110 * kMiB});
  ObjectStore store(files, folder.path(), {10, 50 * kMiB});
  EXPECT_TRUE(store.stage(10 * kMiB));
  const auto refused = store.stage(10 * kMiB + 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "library.no_space");
  EXPECT_EQ(refused.error().kind, Refusal::Kind::no_space);
  EXPECT_EQ(refused.error().args.at("needed"), "10.5 MB");
  EXPECT_EQ(refused.error().args.at("available"), "10.5 MB");
}

TEST(DiskReserve, IsTheLargerOfShareAndAmount) {
  test::TempFolder folder;
  test::FaultyFiles files;
  files.pretend({1000 * kMiB, 110 * kMiB});
  ObjectStore store(files, folder.path(), {1, 100 * kMiB});
  EXPECT_TRUE(store.stage(10 * kMiB));
  EXPECT_FALSE(store.stage(11 * kMiB));
}

TEST(DiskReserve, CountsWhatOtherFilesUnderWayHaveAnnounced) {
  test::TempFolder folder;
  test::FaultyFiles files;
  files.pretend({1000 * kMiB, 100 * kMiB});
  ObjectStore store(files, folder.path(), kNoReserve);
  {
    const auto first = store.stage(60 * kMiB);
    ASSERT_TRUE(first);
    EXPECT_FALSE(store.stage(60 * kMiB));
    EXPECT_TRUE(store.stage(40 * kMiB));
  }
  EXPECT_TRUE(store.stage(100 * kMiB));  // those that were given up hold nothing back
}

TEST(DiskReserve, WrittenBytesAreAnnouncedNoLonger) {
  test::TempFolder folder;
  test::FaultyFiles files;
  files.pretend({1000, 100});
  ObjectStore store(files, folder.path(), kNoReserve);
  auto staged = store.stage(60).value();
  ASSERT_TRUE(staged.write(bytes_of(std::string(60, 'x'))));
  files.pretend({1000, 40});
  EXPECT_TRUE(store.stage(40));
  EXPECT_FALSE(store.stage(41));
}

TEST(DiskReserve, HoldsWhenAnotherProgramFillsTheDisk) {
  test::TempFolder folder;
  test::FaultyFiles files;
  files.pretend({1000, 100});
  ObjectStore store(files, folder.path(), {5, 0});
  auto staged = store.stage(40).value();
  ASSERT_TRUE(staged.write(bytes_of(std::string(20, 'x'))));
  files.pretend({1000, 60});
  EXPECT_FALSE(staged.write(bytes_of(std::string(20, 'x'))));
  files.pretend({1000, 70});
  EXPECT_TRUE(staged.write(bytes_of(std::string(20, 'x'))));
  files.pretend({1000, 49});
  EXPECT_FALSE(staged.write(bytes_of("x")));
  EXPECT_FALSE(store.publish_poster(hex_of("x"), "jpeg"));
}

TEST(DiskReserve, HoldsForAFileThatGrowsOverItsDeclaredSize) {
  test::TempFolder folder;
  test::FaultyFiles files;
  files.pretend({1000, 100});
  ObjectStore store(files, folder.path(), kNoReserve);
  auto staged = store.stage(1).value();
  EXPECT_TRUE(staged.write(bytes_of(std::string(100, 'x'))));
  EXPECT_FALSE(staged.write(bytes_of(std::string(101, 'x'))));
}

}  // namespace
}  // namespace edu::library
