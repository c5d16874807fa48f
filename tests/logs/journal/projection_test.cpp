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
  append(DeckFailed{"signal 11"});
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
