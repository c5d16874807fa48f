#include "receiver/intake/custody.h"

#include "tests/receiver/receiving.h"

namespace edu::receiver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class CustodyTest : public Receiving {
 protected:
  CustodyTest() { sha256_ = station_.drop("a.mp4", "media a").record.sha256; }

  Result<library::Courseware> pin(std::int64_t no, bool pinned) {
    return test::run(station_.loop, station_.custody.pin(no, pinned, "operator"));
  }
  Result<library::Courseware> remove(std::int64_t no, std::string reason = "过期",
                                     std::string by = "张支书") {
    return test::run(station_.loop,
                     station_.custody.remove(no, std::move(reason), std::move(by), "operator"));
  }
  std::int64_t records(const std::string& kind) {
    std::int64_t count = 0;
    for (const auto& record : logs::journal::tail(*station_.reader, 1000))
      count += get_string(record.fields(), "kind") == kind;
    return count;
  }
  std::string sha256_;
};

TEST_F(CustodyTest, PinsWithARecordForEachChange) {
  EXPECT_TRUE(pin(1, true)->pinned);
  EXPECT_TRUE(pin(1, true)->pinned);
  EXPECT_EQ(records("courseware.pinned"), 1);
  EXPECT_FALSE(pin(1, false)->pinned);
  EXPECT_EQ(records("courseware.pinned"), 2);
  EXPECT_EQ(pin(7, true).error().code, "library.unknown");
  EXPECT_EQ(pin(7, true).error().kind, Refusal::Kind::not_found);
}

TEST_F(CustodyTest, RemovesWithReasonAndApprover) {
  EXPECT_TRUE(remove(1)->removed());
  EXPECT_THAT(names_in(folder_ / "objects"), IsEmpty());
  EXPECT_THAT(station_.courseware(), IsEmpty());
  EXPECT_EQ(
      station_.count("SELECT count(*) FROM storage WHERE removed_reason='过期' AND approved_by='张支书'"), 1);
  EXPECT_EQ(remove(1).error().code, "library.already_removed");
  EXPECT_EQ(remove(1).error().args.at("date"), "2026-11-18");
  EXPECT_EQ(pin(1, true).error().code, "library.already_removed");
  EXPECT_EQ(records("courseware.removed"), 1);
}

TEST_F(CustodyTest, RefusesARemovalWithoutReasonOrApprover) {
  for (const auto& [reason, by] : {std::pair("", "张"), std::pair("过期", ""), std::pair(" \n", "张")})
    EXPECT_EQ(remove(1, reason, by).error().code, "library.reason_missing");
  EXPECT_EQ(remove(1, std::string(501, 'x')).error().code, "library.reason_missing");
  EXPECT_TRUE(station_.store.holds(sha256_));
}

TEST_F(CustodyTest, RefusesToRemoveWhatIsPinned) {
  ASSERT_TRUE(pin(1, true));
  EXPECT_EQ(remove(1).error().code, "library.is_pinned");
  EXPECT_EQ(remove(1).error().kind, Refusal::Kind::conflict);
  EXPECT_TRUE(station_.store.holds(sha256_));
}

TEST_F(CustodyTest, RefusesToRemoveWhatIsScheduledAndNamesTheProgrammes) {
  station_.needed = {"周一课堂", "周五课堂"};
  EXPECT_EQ(remove(1).error().code, "library.is_scheduled");
  EXPECT_EQ(remove(1).error().args.at("programmes"), "周一课堂, 周五课堂");
  EXPECT_TRUE(station_.store.holds(sha256_));
  EXPECT_EQ(records("courseware.removed"), 0);
}

TEST_F(CustodyTest, ARemovalThatIsNotCommittedKeepsTheObject) {
  station_.reader->exec(
      "CREATE TRIGGER failing BEFORE UPDATE ON courseware BEGIN SELECT RAISE(ABORT, 'no'); END");
  EXPECT_THROW(remove(1), SQLite::Exception);
  EXPECT_TRUE(station_.store.holds(sha256_));
  EXPECT_THAT(station_.courseware(), SizeIs(1));
}

TEST_F(CustodyTest, ASoundLibraryIsSweptWithoutARecord) {
  const auto report = test::run(station_.loop, station_.custody.sweep());
  EXPECT_EQ(report.orphans + report.unfinished_removed + report.removals_finished, 0);
  EXPECT_THAT(report.missing, IsEmpty());
  EXPECT_EQ(records("library.swept"), 0);
}

TEST_F(CustodyTest, TheSweepRecordsWhatItFound) {
  write_file(folder_ / "objects/staging/half", "half");
  fs::remove(station_.store.path(sha256_));
  const auto report = test::run(station_.loop, station_.custody.sweep());
  EXPECT_EQ(report.unfinished_removed, 1);
  EXPECT_THAT(report.missing, ElementsAre(1));
  EXPECT_EQ(records("library.swept"), 1);
}

TEST(CustodyFailure, AnObjectThatCouldNotBeDeletedGoesAtTheNextSweep) {
  test::TempFolder folder;
  Files sound;
  Station(folder.path(), sound).drop("a.mp4", "media a");
  {
    test::FaultyFiles files(4, true);
    Station station(folder.path(), files);
    EXPECT_TRUE(test::run(station.loop, station.custody.remove(1, "过期", "张", "operator")));
    EXPECT_THAT(names_in(folder / "objects"), SizeIs(2));
  }
  Station station(folder.path(), sound);
  EXPECT_EQ(test::run(station.loop, station.custody.sweep()).removals_finished, 1);
  EXPECT_THAT(names_in(folder / "objects"), IsEmpty());
}

}  // namespace
}  // namespace edu::receiver
