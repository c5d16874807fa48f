#include "base/sql_named.h"

#include <map>
#include <vector>

#include <gtest/gtest.h>

namespace edu {
namespace {

struct Line {
  std::int64_t no = 0;
  std::string title;
  std::vector<std::string> groups;
  std::map<std::string, std::string> args;
};
BOOST_DESCRIBE_STRUCT(Line, (), (no, title, groups, args))

struct Stamped {
  std::int64_t seq = 0;
};
BOOST_DESCRIBE_STRUCT(Stamped, (), (seq))

class SqlNamed : public testing::Test {
 protected:
  SqlNamed() {
    database_.exec("CREATE TABLE line(no INTEGER, seq INTEGER, title TEXT, groups TEXT DEFAULT 'none')");
  }
  std::string row() {
    SQLite::Statement row(database_, "SELECT no || ' ' || seq || ' ' || title || ' ' || groups FROM line");
    return row.executeStep() ? row.getColumn(0).getString() : "";
  }
  SQLite::Database database_{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  const Line line_{7, "课", {"一组", "二组"}, {}};
};

TEST_F(SqlNamed, TakesEachColumnFromTheMemberOfItsName) {
  sql::insert(database_, "line", "title, no, seq, groups", line_, Stamped{3});
  EXPECT_EQ(row(), "7 3 课 [\"一组\",\"二组\"]");
}

TEST_F(SqlNamed, ColumnsThatAreNotListedTakeTheirDefaults) {
  sql::insert(database_, "line", "no, seq, title", line_, sql::named("seq", 4));
  EXPECT_EQ(row(), "7 4 课 none");
}

TEST_F(SqlNamed, AParameterMayStandTwiceAndAnswersHowManyRowsChanged) {
  sql::insert(database_, "line", "no, seq, title", line_, Stamped{3});
  EXPECT_EQ(sql::exec_named(database_, "UPDATE line SET title=:new WHERE no=:no OR seq=:no", line_,
                            sql::named("new", std::string("新"))),
            1);
  EXPECT_EQ(row(), "7 3 新 none");
}

TEST_F(SqlNamed, AParameterThatNothingNamesIsAFault) {
  EXPECT_THROW(sql::insert(database_, "line", "no, seq, title", line_), std::logic_error);
  EXPECT_THROW(sql::exec_named(database_, "DELETE FROM line WHERE no=:number", line_), std::logic_error);
}

}  // namespace
}  // namespace edu
