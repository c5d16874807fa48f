#include "logs/books/session_list.h"

#include <sqlite3.h>

#include "logs/books/participation.h"
#include "tests/logs/ledger_fixture.h"

namespace edu::logs {
namespace {

// What reading costs, whatever machine it runs on: statements, and steps of SQLite's own machine.
struct Cost {
  int statements = 0;
  std::int64_t steps = 0;
};

constexpr int kStepsCounted = 100;  // at once

int count_statement(unsigned, void* cost, void*, void*) {
  ++static_cast<Cost*>(cost)->statements;
  return 0;
}
int count_steps(void* cost) {
  static_cast<Cost*>(cost)->steps += kStepsCounted;
  return 0;
}

class SessionListTest : public LedgerFixture {
 protected:
  // Straight into the tables, for the journal of so many evenings takes long: session n has five seats, of
  // which n % 4 are present and one is excused; every second rule lets an excuse leave the denominator.
  void many_sessions(int count) {
    auto fill = [count, start = to_ms(at("2026-01-01 19:30:00"))](Database& db) {
      sql::exec(db, R"(
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < ?1)
        INSERT INTO session SELECT i, 1, 1, 1, 1, '', 'session ' || i, 'tutor', '', 'hall', '[]', ?2 + i*60000,
          ?2 + i*60000 + 1, 1, 'ended', json_object('excused_counts', i % 2), i % 3, i*1000, 0 FROM n)",
                count, start);
      db.exec(R"(
        WITH seats(j) AS (VALUES(1),(2),(3),(4),(5))
        INSERT INTO expected SELECT session, 'person' || j, 'member', 'group' FROM session, seats;
        INSERT INTO attendance SELECT session, person, CASE WHEN person='person5' THEN 'ill' ELSE '' END, 0,
          CAST(substr(person, 7) AS INTEGER) <= session % 4 FROM expected)");
      return 0;
    };
    test::run(loop_, writer_->run(fill));
  }
  Cost cost_of_list() {
    const auto db = reader();
    Cost cost;
    sqlite3_trace_v2(db->getHandle(), SQLITE_TRACE_STMT, count_statement, &cost);
    sqlite3_progress_handler(db->getHandle(), kStepsCounted, count_steps, &cost);
    session_list(*db, {}, kShanghai, Language::en);
    return cost;
  }
};

TEST_F(SessionListTest, ShowsTwoThousandSessionsEachWithItsOwnRate) {
  many_sessions(2000);
  const auto db = reader();
  const auto table = session_list(*db, {}, kShanghai, Language::en);
  ASSERT_EQ(table.rows.size(), 2000u);
  for (std::int64_t n = 1; n <= 2000; ++n) {
    const Rate rate{n % 4, n % 2 == 1 ? 5 : 4};
    const Row wanted{Count{n},
                     kShanghai.instant(at("2026-01-01 19:30:00") + n * std::chrono::minutes(1)),
                     "session " + std::to_string(n),
                     "hall",
                     None(),
                     "tutor",
                     Count{n % 3},
                     rate,
                     Duration{n * seconds(1)},
                     "ended"};
    ASSERT_EQ(table.rows[static_cast<std::size_t>(n - 1)], wanted) << n;
    if (n % 100 == 0) {
      ASSERT_EQ(rate_of(*db, n).value(), rate);
    }
  }
}

TEST_F(SessionListTest, AsksOnceAndDoesNotWorkForEachSessionOverAllTheOthers) {
  many_sessions(500);
  const auto some = cost_of_list();
  EXPECT_EQ(some.statements, 1);
  EXPECT_GT(some.steps, 0);
  auto clear = [](Database& db) {
    db.exec("DELETE FROM session; DELETE FROM expected; DELETE FROM attendance");
    return 0;
  };
  test::run(loop_, writer_->run(clear));
  many_sessions(2000);
  const auto many = cost_of_list();
  EXPECT_EQ(many.statements, 1);
  EXPECT_LT(many.steps, some.steps * 5);  // four times the sessions
}

TEST_F(SessionListTest, ASheetHasTheRateInItsHead) {
  many_sessions(3);
  const auto sheet = session_sheet(*reader(), 3, kShanghai, Language::en).value();
  EXPECT_TRUE(sheet.title.ends_with("\n3/5 = 60.0 %")) << sheet.title;
  EXPECT_EQ(sheet.rows.size(), 5u);
  EXPECT_EQ(session_sheet(*reader(), 4, kShanghai, Language::en).error().code, "logs.session_unknown");
}

TEST_F(SessionListTest, TheSheetShowsEverybodyExpectedAndWhoCameBesides) {
  const auto session = open_session();
  sign_in(session, {"001", "005"});
  clock_.set(at("2026-11-22 19:30:00"));
  test::run(loop_, sessions_->freeze(session));
  test::run(loop_, sessions_->excuse(session, "002", "=cmd", "operator"));
  play(session, 60);
  close(session);
  const auto sheet = session_sheet(*reader(), session, kShanghai, Language::zh).value();
  ASSERT_EQ(sheet.rows.size(), 5u);
  EXPECT_EQ(sheet.rows[0][4], Cell("学员001"));
  EXPECT_EQ(sheet.rows[0][5], Cell("学员001"));
  EXPECT_EQ(sheet.rows[1][6], Cell("=cmd"));
  EXPECT_EQ(sheet.rows[4][4], Cell(""));
  EXPECT_EQ(sheet.rows[4][5], Cell("学员005"));
  EXPECT_NE(to_csv(sheet).find("'=cmd"), std::string::npos);
  EXPECT_NE(sheet.title.find("1/4 = 25.0 %"), std::string::npos);
}

}  // namespace
}  // namespace edu::logs
