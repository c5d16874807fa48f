#include <gmock/gmock.h>

#include "store_support.h"

namespace edu::library {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Sweep : public testing::Test {
 protected:
  test::TempFolder folder_;
  Files files_;
  ObjectStore store_{files_, folder_.path(), kNoReserve};
};

TEST_F(Sweep, LeavesASoundLibraryAlone) {
  const auto sha256 = put(store_, "a lesson").value();
  const auto swept = store_.sweep({sha256}, {});
  EXPECT_EQ(swept.unfinished + swept.orphans + swept.removals, 0);
  EXPECT_THAT(swept.missing, IsEmpty());
  EXPECT_THAT(files_in(folder_.path()), UnorderedElementsAre(sha256, sha256 + ".jpg"));
}

TEST_F(Sweep, RemovesUnfinishedFiles) {
  std::ofstream(folder_ / "objects/staging/0123abcd") << "half";
  EXPECT_EQ(store_.sweep({}, {}).unfinished, 1);
  EXPECT_THAT(files_in(folder_.path()), IsEmpty());
}

TEST_F(Sweep, MovesAnObjectThatNobodyKnowsToQuarantine) {
  const auto sha256 = put(store_, "a lesson").value();
  EXPECT_EQ(store_.sweep({}, {}).orphans, 1);
  EXPECT_EQ(content_of(folder_ / ("quarantine/object-" + sha256)), "a lesson");
  EXPECT_THAT(files_in(folder_ / "objects"), IsEmpty());
}

TEST_F(Sweep, FinishesARemovalThatThePowerCut) {
  const auto sha256 = put(store_, "a lesson").value();
  const auto swept = store_.sweep({}, {sha256});
  EXPECT_EQ(swept.removals, 1);
  EXPECT_EQ(swept.orphans, 0);
  EXPECT_THAT(files_in(folder_.path()), IsEmpty());
}

TEST_F(Sweep, KeepsWhatWasRemovedOnceAndReceivedAgain) {
  const auto sha256 = put(store_, "a lesson").value();
  EXPECT_EQ(store_.sweep({sha256}, {sha256}).removals, 0);
  EXPECT_TRUE(store_.holds(sha256));
}

TEST_F(Sweep, NamesRowsWithoutAnObject) {
  const auto here = put(store_, "a lesson").value();
  const auto gone = hex_of("another");
  EXPECT_THAT(store_.sweep({here, gone}, {}).missing, ElementsAre(gone));
}

TEST_F(Sweep, RemovesHalfAPosterAndLeavesForeignFilesAlone) {
  const auto sha256 = put(store_, "a lesson").value();
  std::ofstream(store_.poster_path(sha256).concat(".tmp")) << "half";
  std::ofstream(folder_ / "objects/README") << "mine";
  fs::create_directory(folder_ / "objects/staging/mine");
  std::ofstream(store_.path(sha256).parent_path() / "notes.txt") << "mine";
  store_.sweep({sha256}, {});
  EXPECT_THAT(files_in(folder_.path()), UnorderedElementsAre(sha256, sha256 + ".jpg", "README", "notes.txt"));
}

TEST_F(Sweep, CanFailAtAnyOperationAndBeginAgain) {
  for (unsigned n = 0;; ++n) {
    test::TempFolder folder;
    ObjectStore sound(files_, folder.path(), kNoReserve);
    const auto orphan = put(sound, "an orphan").value();
    const auto removed = put(sound, "a removed one").value();
    const auto held = put(sound, "a held one").value();
    std::ofstream(folder / "objects/staging/0123abcd") << "half";
    test::FaultyFiles faulty(n, true);
    try {
      ObjectStore store(faulty, folder.path(), kNoReserve);
      store.sweep({held}, {removed});
    } catch (const std::system_error&) {
    }
    sound.sweep({held}, {removed});
    EXPECT_THAT(files_in(folder.path()), UnorderedElementsAre(held, held + ".jpg", "object-" + orphan)) << n;
    if (!faulty.failed()) break;
  }
}

}  // namespace
}  // namespace edu::library
