#include "logs/journal/journal.h"

#include <gtest/gtest.h>

#include "tests/logs/journal_fixture.h"

namespace edu::logs {
namespace {

class JournalTest : public JournalFixture {
 protected:
  JournalTest() : JournalFixture({}) {}
  void ten_records() {
    for (std::int64_t i = 1; i <= 10; ++i) append(CoursewarePinned{i, 1});
  }
};

TEST_F(JournalTest, ChainsItsRecords) {
  ten_records();
  const auto records = journal::tail(*reader(), 3);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[1].prev, records[0].hash);
  EXPECT_EQ(records[1].hash, Sha256().update(records[1].prev).update(records[1].body).finish());
  EXPECT_EQ(journal::head(*reader()).hash, records[2].hash);
}

TEST_F(JournalTest, HoldsTheBytesThatWereHashed) {
  append(CoursewarePinned{7, 1});
  EXPECT_EQ(
      journal::tail(*reader(), 1).at(0).body,
      R"({"actor":"auto","at":1795345800000,"boot":"boot0","clock":"synced","kind":"courseware.pinned","mono":1000,)"
      R"("payload":{"no":7,"pinned":1},"seq":1,"v":1})");
}

TEST_F(JournalTest, RefusesChangeAndRemoval) {
  ten_records();
  writer_.reset();
  auto database = open_database(file_);
  EXPECT_THROW(database->exec("UPDATE journal SET body='{}' WHERE seq=3"), SQLite::Exception);
  EXPECT_THROW(database->exec("DELETE FROM journal WHERE seq=3"), SQLite::Exception);
}

TEST_F(JournalTest, VerifiesWhole) {
  ten_records();
  const auto result = verdict();
  EXPECT_TRUE(result.good());
  EXPECT_EQ(result.checked, 10);
}

TEST_F(JournalTest, VerifiesEmpty) { EXPECT_TRUE(verdict().good()); }

struct Tampering {
  const char* sql;
  std::int64_t bad_seq;
  const char* problem;
};

void PrintTo(const Tampering& tampering, std::ostream* out) { *out << tampering.sql; }
class Tampered : public JournalTest, public testing::WithParamInterface<Tampering> {};

TEST_P(Tampered, IsFoundAtTheFirstRecordThatDoesNotFit) {
  ten_records();
  tamper(GetParam().sql);
  const auto result = verdict();
  EXPECT_EQ(result.bad_seq, GetParam().bad_seq);
  EXPECT_EQ(result.problem, GetParam().problem);
}

INSTANTIATE_TEST_SUITE_P(
    Journal, Tampered,
    testing::Values(Tampering{"UPDATE journal SET body=replace(body, '\"no\":4', '\"no\":5') WHERE seq=4", 4,
                              "hash"},
                    Tampering{"DELETE FROM journal WHERE seq=6", 6, "gap"},
                    Tampering{"UPDATE journal SET prev=zeroblob(32) WHERE seq=2", 2, "prev"},
                    Tampering{"UPDATE journal SET hash=zeroblob(32) WHERE seq=10", 10, "hash"},
                    Tampering{"UPDATE journal SET seq=11 WHERE seq=10", 10, "gap"}));

struct Forgery {
  const char* body;
  const char* member;  // that the verdict names
};
void PrintTo(const Forgery& forgery, std::ostream* out) { *out << forgery.body; }
class Forged : public JournalTest, public testing::WithParamInterface<Forgery> {};

// The hash fits: whoever put the record in knew how. Its form gives it away.
TEST_P(Forged, RecordIsNamedByTheMemberThatIsWrong) {
  writer_.reset();
  const auto database = open_database(file_);
  const std::string body = GetParam().body;
  const auto hash = Sha256().update(Digest{}).update(body).finish();
  Statement insert(*database, "INSERT INTO journal VALUES(1, ?, zeroblob(32), ?)");
  insert.bind(1, body);
  insert.bind(2, hash.data(), static_cast<int>(hash.size()));
  insert.exec();
  EXPECT_EQ(verdict().problem, "body");
  EXPECT_EQ(verdict().bad_seq, 1);
  EXPECT_EQ(verdict().detail, GetParam().member);
}

INSTANTIATE_TEST_SUITE_P(
    Journal, Forged,
    testing::Values(
        Forgery{
            R"({"actor":"auto","at":1,"boot":"b","clock":"synced","kind":"k","more":1,"mono":1,"payload":{},"seq":1,"v":1})",
            "more"},
        Forgery{
            R"({"actor":"auto","at":"1","boot":"b","clock":"synced","kind":"k","mono":1,"payload":{},"seq":1,"v":1})",
            "at"},
        Forgery{
            R"({"actor":"auto","at":1,"boot":"b","clock":"synced","kind":"k","payload":{},"seq":1,"v":1})",
            "mono"},
        Forgery{
            R"({"actor":"auto","at":1,"boot":"b","clock":"synced","kind":"k","mono":1,"payload":{},"seq":2,"v":1})",
            "seq"},
        Forgery{
            R"({"actor":"auto","at":1,"boot":"b","clock":"synced","kind":"k","mono":1,"payload":{"n":1.5},"seq":1,"v":1})",
            "JSON"},
        Forgery{
            R"({"at":1,"actor":"auto","boot":"b","clock":"synced","kind":"k","mono":1,"payload":{},"seq":1,"v":1})",
            "JSON"},
        Forgery{"[]", "JSON"}));

TEST_F(JournalTest, AUnitThatIsRolledBackLeavesNoGap) {
  ten_records();
  auto refuses = [](Transaction& t) -> Result<int> {
    t.append("auto", CoursewarePinned{99, 1});
    return refuse("busy");
  };
  EXPECT_FALSE(test::run(loop_, ledger_->write(refuses)));
  append(CoursewarePinned{11, 1});
  EXPECT_EQ(verdict().checked, 11);
  EXPECT_TRUE(verdict().good());
}

TEST_F(JournalTest, ListenersHearWhatWasCommittedAndNothingElse) {
  std::vector<std::int64_t> heard;
  ledger_->listen([&](const Record& record) { heard.push_back(record.seq); });
  append(CoursewarePinned{1, 1});
  auto refuses = [](Transaction& t) -> Result<int> {
    t.append("auto", CoursewarePinned{2, 1});
    return refuse("busy");
  };
  EXPECT_FALSE(test::run(loop_, ledger_->write(refuses)));
  append(CoursewarePinned{3, 1});
  EXPECT_EQ(heard, (std::vector<std::int64_t>{1, 2}));
}

}  // namespace
}  // namespace edu::logs
