#include "logs/journal/projection.h"

#include "base/sql_named.h"
#include "logs/journal/events.h"
#include "tests/logs/journal_fixture.h"

namespace edu::logs {
namespace {

void pinned(Database& db, const Entry& at, const CoursewarePinned& e) {
  sql::exec_named(db, "INSERT OR REPLACE INTO pin(no, seq, clock, pinned) VALUES(:no, :seq, :clock, :pinned)",
                  e, at);
}

void pin_counted(Database& db, const Entry&, const CoursewarePinned&) {
  sql::exec(db, "INSERT INTO count VALUES(1, 1) ON CONFLICT(one) DO UPDATE SET pins=pins+1");
}

Projection pins() {
  return {"pins",
          1,
          "CREATE TABLE IF NOT EXISTS pin(no INTEGER PRIMARY KEY, seq INTEGER NOT NULL, clock TEXT NOT NULL, "
          "pinned INTEGER NOT NULL) STRICT",
          {on<pinned>()}};
}

Projection counts() {
  return {"counts",
          1,
          "CREATE TABLE IF NOT EXISTS count(one INTEGER PRIMARY KEY, pins INTEGER NOT NULL) STRICT",
          {on<pin_counted>()}};
}

class ProjectionTest : public JournalFixture {
 protected:
  ProjectionTest() : JournalFixture({pins(), counts()}) {}
  std::int64_t number(const char* sql) { return sql::number(*reader(), sql, -1); }
};

TEST_F(ProjectionTest, EachThatKnowsAKindGetsItsRecords) {
  append(CoursewarePinned{7, 1});
  append(CoursewarePinned{8, 0});
  append(DeckFailed{"signal 11", "A"});
  EXPECT_EQ(number("SELECT seq FROM pin WHERE no=8"), 2);
  EXPECT_EQ(number("SELECT count(*) FROM pin WHERE clock='synced'"), 2);
  EXPECT_EQ(number("SELECT pins FROM count"), 2);
}

TEST_F(ProjectionTest, ARefusedUnitLeavesTheTablesAsTheyWere) {
  append(CoursewarePinned{7, 1});
  auto refuses = [](Transaction& t) -> Result<int> {
    t.append("auto", CoursewarePinned{8, 1});
    return refuse("busy");
  };
  EXPECT_FALSE(test::run(loop_, ledger_->write(refuses)));
  EXPECT_EQ(number("SELECT count(*) FROM pin"), 1);
}

TEST_F(ProjectionTest, UnknownKindsAndVersionsVerifyAndChangeNoTable) {
  auto unit = [](Transaction& t) {
    t.append(Event{"future.kind", "auto", json::object(), 1});
    return t.append(Event{CoursewarePinned::kKind, "auto", {{"no", 7}, {"pinned", 1}}, 2});
  };
  test::run(loop_, ledger_->write(unit));
  EXPECT_TRUE(verdict().good());
  EXPECT_EQ(number("SELECT count(*) FROM pin"), 0);
}

TEST_F(ProjectionTest, AMemberThatARecordDoesNotKnowReadsAsNone) {
  auto unit = [](Transaction& t) { return t.append(Event{CoursewarePinned::kKind, "auto", {{"no", 7}}}); };
  test::run(loop_, ledger_->write(unit));
  EXPECT_EQ(number("SELECT pinned FROM pin WHERE no=7"), 0);
}

TEST_F(ProjectionTest, ATableThatWasChangedByHandIsNamed) {
  append(CoursewarePinned{7, 1});
  EXPECT_TRUE(verdict().good());
  tamper("UPDATE count SET pins=2");
  EXPECT_EQ(verdict().problem, "books");
  EXPECT_EQ(verdict().detail, "count");
}

void failure_noted(Database& db, const Entry& at, const DeckFailed& e) {
  sql::exec(db, "INSERT INTO failure VALUES(?, ?)", at.seq, e.what);
}

class TextProjection : public JournalFixture {
 protected:
  TextProjection()
      : JournalFixture(
            {{"failures",
              1,
              "CREATE TABLE IF NOT EXISTS failure(seq INTEGER PRIMARY KEY, reason TEXT NOT NULL) STRICT",
              {on<failure_noted>()}}}) {}
};

// A combining accent, a compatibility ideograph: the journal holds their normal form, and so must the table.
TEST_F(TextProjection, TextThatIsNotInNormalFormIsTheSameInJournalAndTable) {
  append(DeckFailed{"cafe\u0301 \uF9D1", "A"});
  EXPECT_EQ(sql::number(*reader(), "SELECT count(*) FROM failure WHERE reason=?", 0, "caf\u00E9 \u516D"), 1);
  EXPECT_TRUE(verdict().good()) << verdict().detail;
}

// Tables that an older program made of text as it came: another version's, so the next start makes them
// again.
TEST_F(TextProjection, AStationWhoseTablesHoldTextAsItCameHealsAtTheNextStart) {
  append(DeckFailed{"cafe\u0301", "A"});
  tamper("UPDATE failure SET reason='cafe\u0301'; PRAGMA user_version=1");
  EXPECT_FALSE(verdict().books_compared);
  prepare(*open_database(file_), projections_);
  EXPECT_TRUE(verdict().good()) << verdict().detail;
  EXPECT_TRUE(verdict().books_compared);
}

TEST_F(ProjectionTest, ARecordWhoseMemberHasAnotherTypeIsNamedAndKeepsNoStationFromStarting) {
  append(CoursewarePinned{7, 1});
  writer_.reset();
  const auto database = open_database(file_);
  const Stamp stamp{from_ms(1), milliseconds(1), ClockTrust::synced};
  journal::append(*database, stamp, "boot0",
                  {CoursewarePinned::kKind, "auto", {{"no", "seven"}, {"pinned", 1}}});
  EXPECT_EQ(verdict().problem, "payload");
  EXPECT_EQ(verdict().bad_seq, 2);
  EXPECT_EQ(verdict().detail, "courseware.pinned: not a number");
  projection::rebuild(*database, projections_);
  EXPECT_EQ(number("SELECT count(*) FROM pin"), 1);
}

TEST_F(ProjectionTest, ARecordWithAMemberThatWeDoNotWriteIsNamed) {
  writer_.reset();
  const auto database = open_database(file_);
  const Stamp stamp{from_ms(1), milliseconds(1), ClockTrust::synced};
  journal::append(*database, stamp, "boot0",
                  {CoursewarePinned::kKind, "auto", {{"no", 7}, {"pinned", 1}, {"more", 1}}});
  EXPECT_EQ(verdict().problem, "payload");
  EXPECT_EQ(verdict().bad_seq, 1);
}

TEST_F(ProjectionTest, ANewProjectionIsFilledFromTheJournalAtTheNextStart) {
  append(CoursewarePinned{7, 1});
  append(CoursewarePinned{8, 1});
  writer_.reset();
  auto tables = counts();
  tables.name = "more", tables.schema = "CREATE TABLE IF NOT EXISTS more(no INTEGER PRIMARY KEY) STRICT";
  tables.handlers = {{CoursewarePinned::kKind, [](Database& db, const Entry& at) {
                        sql::exec(db, "INSERT INTO more VALUES(?)", at.seq);
                      }}};
  projections_.push_back(tables);
  EXPECT_FALSE(verdict().books_compared);  // no such table yet; the chain is good
  prepare(*open_database(file_), projections_);
  EXPECT_EQ(number("SELECT count(*) FROM more"), 2);
  EXPECT_TRUE(verdict().good());
  EXPECT_TRUE(verdict().books_compared);
}

TEST_F(ProjectionTest, TablesOfAnotherVersionAreMadeAgainAtTheNextStart) {
  append(CoursewarePinned{7, 1});
  tamper("DELETE FROM pin");
  prepare(*open_database(file_), projections_);
  EXPECT_EQ(number("SELECT count(*) FROM pin"), 0);  // nothing says that they are another's
  projections_[0].version = 2;
  EXPECT_FALSE(verdict().books_compared);
  prepare(*open_database(file_), projections_);
  EXPECT_EQ(number("SELECT count(*) FROM pin"), 1);
  EXPECT_TRUE(verdict().books_compared);
}

}  // namespace
}  // namespace edu::logs
