// The emergency log on a disk of which each operation fails in turn.
#include "scheduler/airing/emergency_log.h"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sql.h"
#include "tests/support/faulty_files.h"
#include "tests/support/run.h"
#include "tests/support/temp_folder.h"

namespace edu::scheduler {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class EmergencyLogTest : public testing::Test {
 protected:
  std::vector<std::string> held(EmergencyLog& log) {
    std::vector<std::string> texts;
    for (const auto& line : test::run(loop_, log.prepare())) texts.push_back(line.text);
    return texts;
  }
  std::vector<std::string> held() {
    EmergencyLog log(files_, workers_, file_);
    return held(log);
  }
  bool append(EmergencyLog& log, const std::string& text) {
    return !test::run(loop_, log.append(text)).is_none();
  }

  test::TempFolder folder_;
  fs::path file_ = folder_ / "emergency.log";
  asio::io_context loop_;
  Files files_;
  Workers workers_{1};
};

TEST_F(EmergencyLogTest, HoldsItsLinesUntilItIsWiped) {
  EmergencyLog log(files_, workers_, file_);
  EXPECT_THAT(held(log), IsEmpty());
  const auto size = fs::file_size(file_);
  EXPECT_TRUE(append(log, "一"));
  EXPECT_TRUE(append(log, "2\n2"));
  EXPECT_THAT(held(), ElementsAre("一", "2\n2"));
  EmergencyLog later(files_, workers_, file_);
  held(later);
  EXPECT_TRUE(append(later, "3"));
  EXPECT_THAT(held(), ElementsAre("一", "2\n2", "3"));
  test::run(loop_, later.wipe());
  EXPECT_THAT(held(), IsEmpty());
  EXPECT_EQ(fs::file_size(file_), size);  // its blocks are never given back
}

TEST_F(EmergencyLogTest, LinesOfAnEarlierTimeAreNotTakenForNewOnes) {
  EmergencyLog log(files_, workers_, file_);
  held(log);
  append(log, "old 1");
  append(log, "old 2");
  test::run(loop_, log.wipe());
  append(log, "new 1");  // as long as the first of before, so that the second stands whole behind it
  EXPECT_THAT(held(), ElementsAre("new 1"));
}

TEST_F(EmergencyLogTest, EndsAtALineThatIsTorn) {
  EmergencyLog log(files_, workers_, file_);
  held(log);
  append(log, "whole");
  append(log, "torn");
  auto bytes = read_file(file_, 2 << 20);
  bytes[bytes.find("torn")] = 'T';
  fs::remove(file_);
  publish(files_, file_, bytes);
  EXPECT_THAT(held(), ElementsAre("whole"));
}

TEST_F(EmergencyLogTest, TakesNothingWhenItIsFull) {
  EmergencyLog log(files_, workers_, file_);
  held(log);
  const std::string large(400'000, 'x');
  EXPECT_TRUE(append(log, large));
  EXPECT_TRUE(append(log, large));
  EXPECT_FALSE(append(log, large));
  EXPECT_TRUE(append(log, "small"));
}

TEST_F(EmergencyLogTest, OfEachOperationThatFailsNothingIsMadeUp) {
  for (const bool for_good : {false, true}) {
    for (unsigned fails = 0;; ++fails) {
      fs::remove(file_);
      test::FaultyFiles faulty(fails, for_good);
      EmergencyLog log(faulty, workers_, file_);
      held(log);
      std::vector<std::string> taken;
      for (const auto* text : {"1", "2", "3"})
        if (append(log, text)) taken.emplace_back(text);
      // A line of which only the sync failed may be there.
      const auto found = held();
      ASSERT_GE(found.size(), taken.size()) << fails;
      EXPECT_LE(found.size(), taken.size() + 1) << fails;
      for (std::size_t i = 0; i < taken.size(); ++i) EXPECT_EQ(found[i], taken[i]) << fails;
      test::run(loop_, log.wipe());
      test::run(loop_, log.wipe());  // where the first failed
      if (!for_good) {
        EXPECT_THAT(held(), IsEmpty()) << fails;
      }
      if (!faulty.failed()) break;
    }
  }
}

TEST_F(EmergencyLogTest, RemembersWhatIsInTheJournal) {
  Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  EmergencyLog::create_table(database);
  EXPECT_EQ(EmergencyLog::last_entered(database, "a"), 0);
  EmergencyLog::mark_entered(database, {"a", 3});
  EXPECT_EQ(EmergencyLog::last_entered(database, "a"), 3);
  EmergencyLog::mark_entered(database, {"b", 1});
  EXPECT_EQ(EmergencyLog::last_entered(database, "a"), 0);
}

}  // namespace
}  // namespace edu::scheduler
