#include "logs/study/sessions.h"

#include "logs/study/open_sessions.h"
#include "tests/logs/study_fixture.h"

namespace edu::logs {
namespace {

class SessionsTest : public StudyFixture {
 protected:
  std::int64_t credited(std::int64_t session, const std::string& number) {
    const auto person = people::find(*reader(), number, kShanghai.date_of(clock_.now())).value();
    return sql::number(*reader(), "SELECT credited_ms FROM attendance WHERE session=? AND person=?", -1,
                       session, person.id);
  }
  std::string code(Result<SignInReport> result) { return result ? "" : result.error().code; }
};

TEST_F(SessionsTest, OpeningTwiceIsOneSession) {
  EXPECT_EQ(open_session(), 1);
  EXPECT_EQ(open_session(), 1);
}

TEST_F(SessionsTest, SignsInByNumberAndByName) {
  const auto session = open_session();
  EXPECT_EQ(sign_in(session, {"001", "学员002"}).done,
            (std::vector<std::string>{"001 学员001", "002 学员002"}));
}

TEST_F(SessionsTest, SigningInTwiceIsOnce) {
  const auto session = open_session();
  sign_in(session, {"001"});
  const auto again = sign_in(session, {"001", "002", "002"});
  EXPECT_EQ(again.done.size(), 1u);
  EXPECT_EQ(again.already.size(), 2u);
  EXPECT_EQ(sql::number(*reader(), "SELECT count(*) FROM presence", 0), 2);
}

TEST_F(SessionsTest, OneUnknownMemberRefusesTheWholeList) {
  const auto session = open_session();
  const auto result = test::run(loop_, sessions_->sign_in(session, {"001", "999"}, "roll-call", "operator"));
  EXPECT_EQ(result.error().code, "people.unknown_person");
  EXPECT_EQ(sql::number(*reader(), "SELECT count(*) FROM presence", -1), 0);
}

TEST_F(SessionsTest, RefusesAnUnknownAndAClosedSession) {
  EXPECT_EQ(code(test::run(loop_, sessions_->sign_in(7, {"001"}, "roll-call", "operator"))),
            "logs.session_unknown");
  const auto session = open_session();
  close(session);
  EXPECT_EQ(code(test::run(loop_, sessions_->sign_in(session, {"001"}, "roll-call", "operator"))),
            "logs.session_closed");
  EXPECT_EQ(code(test::run(loop_, sessions_->sign_out(session, {"001"}, "operator"))), "logs.session_closed");
}

TEST_F(SessionsTest, CreditsWhatPlayedWhileSomebodyWasThere) {
  const auto session = open_session();
  sign_in(session, {"001", "002"});
  clock_.set(at("2026-11-22 19:30:00"));
  test::run(loop_, sessions_->freeze(session));
  clock_.advance(seconds(20));
  test::run(loop_, sessions_->sign_out(session, {"002"}, "operator"));
  sign_in(session, {"003"});
  play(session, 60);
  close(session);
  EXPECT_EQ(credited(session, "001"), 60'000);
  EXPECT_EQ(credited(session, "002"), 20'000);
  EXPECT_EQ(credited(session, "003"), 40'000);
  EXPECT_EQ(credited(session, "004"), 0);
}

TEST_F(SessionsTest, LaterEditsOfTheRosterDoNotChangeAnOldSession) {
  const auto session = open_session();
  clock_.set(at("2026-11-22 19:30:00"));
  test::run(loop_, sessions_->freeze(session));
  auto move_out = [](Database& database) {
    people::RosterFile file;
    people::RosterEntry entry;
    entry.number = "001", entry.name = "学员001", entry.status = people::Status::moved_out;
    file.entries.push_back(entry);
    return people::import(database, file, parse_date("2026-11-22").value()).changed.size();
  };
  EXPECT_EQ(test::run(loop_, writer_->run(move_out)), 1u);
  EXPECT_EQ(sql::number(*reader(), "SELECT count(*) FROM expected", 0),
            4);  // four members; the villager does not count
  test::run(loop_, sessions_->freeze(session));
  EXPECT_EQ(sql::number(*reader(), "SELECT count(*) FROM expected", 0), 4);
}

TEST_F(SessionsTest, ThePresenceOfOneWhoNeverSignsOutEndsWithTheSession) {
  const auto session = open_session();
  sign_in(session, {"001"});
  close(session);
  EXPECT_EQ(sql::number(*reader(), "SELECT out_ms FROM presence", 0), to_ms(at("2026-11-22 20:30:00")));
}

TEST_F(SessionsTest, WhatIsOpenIsToldUntilItIsClosed) {
  const auto session = open_session();
  ASSERT_EQ(open_sessions(*reader()).size(), 1u);
  EXPECT_EQ(open_sessions(*reader())[0].session, session);
  EXPECT_EQ(open_sessions(*reader())[0].planned_end, at("2026-11-22 20:30:00"));
  close(session);
  EXPECT_TRUE(open_sessions(*reader()).empty());
}

TEST_F(SessionsTest, WhoSignedOutAtOnceIsNotPresent) {
  const auto session = open_session();
  sign_in(session, {"001"});
  clock_.set(at("2026-11-22 19:30:00"));
  test::run(loop_, sessions_->freeze(session));
  sign_in(session, {"002"});
  clock_.advance(seconds(1));
  test::run(loop_, sessions_->sign_out(session, {"002"}, "operator"));
  play(session, 60);
  close(session);
  EXPECT_EQ(credited(session, "002"), 1'000);
  EXPECT_EQ(sql::number(*reader(), "SELECT sum(present) FROM attendance", 0), 1);
}

TEST_F(SessionsTest, NobodyIsBothExcusedAndPresent) {
  const auto session = open_session();
  test::run(loop_, sessions_->excuse(session, "001", "外出务工", "operator"));
  sign_in(session, {"001", "002", "003"});
  const auto refused = test::run(loop_, sessions_->excuse(session, "002", "生病", "operator"));
  EXPECT_EQ(refused.error().code, "logs.excuse_present");
  clock_.set(at("2026-11-22 19:30:30"));
  test::run(loop_, sessions_->sign_out(session, {"003"}, "operator"));
  EXPECT_TRUE(test::run(loop_, sessions_->excuse(session, "003", "家里有事", "operator")));
  play(session, 60);
  close(session);
  EXPECT_EQ(sql::number(*reader(), "SELECT sum(present) FROM attendance", 0), 3);
  EXPECT_EQ(sql::number(*reader(), "SELECT count(*) FROM attendance WHERE excused!=''", 0), 0);
}

TEST_F(SessionsTest, NoSessionEndsBeforeItStarts) {
  const auto session = open_session();
  test::run(loop_, sessions_->close(session, at("2026-11-22 19:05:00"), "cancelled"));
  EXPECT_EQ(sql::number(*reader(), "SELECT closed_ms-planned_start_ms FROM session", -1), 0);
}

TEST_F(SessionsTest, TakesVisitorsAndExcusesWithinReason) {
  const auto session = open_session();
  EXPECT_TRUE(test::run(loop_, sessions_->count_visitors(session, 5, "operator")));
  EXPECT_EQ(test::run(loop_, sessions_->count_visitors(session, -1, "operator")).error().code,
            "logs.visitors_range");
  EXPECT_EQ(test::run(loop_, sessions_->count_visitors(session, 100'000, "operator")).error().code,
            "logs.visitors_range");
  EXPECT_TRUE(test::run(loop_, sessions_->excuse(session, "002", "外出务工", "operator")));
  EXPECT_EQ(test::run(loop_, sessions_->excuse(session, "002", "", "operator")).error().code,
            "logs.reason_length");
  EXPECT_EQ(sql::number(*reader(), "SELECT visitors FROM session", 0), 5);
}

}  // namespace
}  // namespace edu::logs
