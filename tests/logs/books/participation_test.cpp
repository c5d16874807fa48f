#include "logs/books/participation.h"

#include "logs/books/attendance.h"
#include "logs/books/book.h"
#include "tests/logs/ledger_fixture.h"

namespace edu::logs {
namespace {

class ParticipationTest : public LedgerFixture {
 protected:
  // 001 and 002 come and the villager 005; 003 is excused; 004 stays away.
  std::int64_t a_session(std::int64_t seconds_played) {
    const auto session = open_session();
    sign_in(session, {"001", "002", "005"});
    clock_.set(at("2026-11-22 19:30:00"));
    test::run(loop_, sessions_->freeze(session));
    test::run(loop_, sessions_->excuse(session, "003", "生病", "operator"));
    if (seconds_played > 0) play(session, seconds_played);
    close(session);
    return session;
  }
  std::string rate(std::int64_t session) { return shown(rate_of(*reader(), session).value()); }
};

TEST_F(ParticipationTest, CountsThoseExpectedWhoWereThereWhileItPlayed) {
  EXPECT_EQ(rate(a_session(60)), "2/4 = 50.0 %");
}

TEST_F(ParticipationTest, NothingPlayedIsNobodyPresent) { EXPECT_EQ(rate(a_session(0)), "0/4 = 0.0 %"); }

TEST_F(ParticipationTest, AnExcuseLeavesTheDenominatorWhereTheRuleSaysSo) {
  sessions_ = std::make_unique<Sessions>(*ledger_, clock_, kShanghai, CountingRule{{"member"}, 0, 0});
  EXPECT_EQ(rate(a_session(60)), "2/3 = 66.6 %");
}

TEST_F(ParticipationTest, ARuleMayAskForAShareOfTheMinutes) {
  sessions_ = std::make_unique<Sessions>(*ledger_, clock_, kShanghai, CountingRule{{"member"}, 1, 50});
  const auto session = open_session();
  sign_in(session, {"001", "002"});
  clock_.set(at("2026-11-22 19:30:00"));
  test::run(loop_, sessions_->freeze(session));
  clock_.advance(seconds(29));
  test::run(loop_, sessions_->sign_out(session, {"001"}, "operator"));
  clock_.advance(seconds(1));
  test::run(loop_, sessions_->sign_out(session, {"002"}, "operator"));
  play(session, 60);
  close(session);
  EXPECT_EQ(rate(session), "1/4 = 25.0 %");
}

TEST_F(ParticipationTest, VisitorsNeverEnterARate) {
  const auto session = open_session();
  test::run(loop_, sessions_->count_visitors(session, 500, "operator"));
  clock_.set(at("2026-11-22 19:30:00"));
  test::run(loop_, sessions_->freeze(session));
  play(session, 60);
  close(session);
  EXPECT_EQ(rate(session), "0/4 = 0.0 %");
}

TEST_F(ParticipationTest, ASessionThatExpectsNobodyHasADash) {
  auto nobody = SessionPlan{2,
                            "2026-11-22T19:30:00",
                            "空",
                            "",
                            "",
                            "",
                            {"没有的组"},
                            at("2026-11-22 19:30:00"),
                            at("2026-11-22 20:30:00")};
  const auto session = test::run(loop_, sessions_->open(nobody));
  test::run(loop_, sessions_->freeze(session));
  close(session);
  EXPECT_EQ(rate(session), "0/0 = —");
}

TEST_F(ParticipationTest, NamesTheRule) {
  const auto table =
      participation_of_session(*reader(), a_session(60), By::none, kShanghai, Language::en).value();
  EXPECT_NE(table.title.find("member, cadre count"), std::string::npos) << table.title;
  EXPECT_NE(table.title.find("22 Nov 2026 19:30 (zone Asia/Shanghai)"), std::string::npos) << table.title;
}

TEST_F(ParticipationTest, SplitsByGroupAndByPerson) {
  const auto session = a_session(60);
  const auto groups =
      participation_of_session(*reader(), session, By::group, kShanghai, Language::zh).value();
  ASSERT_EQ(groups.rows.size(), 2u);
  EXPECT_EQ(groups.rows[0], (Row{"一组", Count{2}, Count{3}, Rate{2, 3}}));
  EXPECT_EQ(groups.rows[1].back(), Cell(Rate{0, 1}));
  const auto people =
      participation_of_session(*reader(), session, By::person, kShanghai, Language::zh).value();
  ASSERT_EQ(people.rows.size(), 4u);
  EXPECT_EQ(people.rows[0][0], Cell("001"));
  EXPECT_EQ(people.rows[0].back(), Cell(Rate{1, 1}));
}

TEST_F(ParticipationTest, AMonthSumsItsSessions) {
  a_session(60);
  const auto month = participation_of_month(*reader(), "2026-11", By::none, kShanghai, Language::zh).value();
  ASSERT_EQ(month.rows.size(), 2u);
  EXPECT_EQ(month.rows[1][5], Cell(Rate{2, 4}));
  EXPECT_EQ(month.rows[1][1], Cell("2026年11月"));
  EXPECT_EQ(shown(month, month.rows[0][1]), "11月22日 19:30");
  EXPECT_NE(month.title.find("2026年11月"), std::string::npos) << month.title;
  EXPECT_NE(month.title.find("Asia/Shanghai"), std::string::npos) << month.title;
  const auto other = participation_of_month(*reader(), "2026-12", By::none, kShanghai, Language::zh).value();
  EXPECT_EQ(other.rows.at(0)[5], Cell(Rate{0, 0}));
}

TEST_F(ParticipationTest, WhatWasNotHeldIsCalledThatAndCountsInNoTotal) {
  for (const auto* why : {"missed", "cancelled", "stopped"}) {  // "stopped": as 0.1.0 called a cancelled one
    const auto session = open_session();
    sign_in(session, {"001"});
    test::run(loop_, sessions_->close(session, at("2026-11-22 19:20:00"), why));
    EXPECT_EQ(rate(session), "0/0 = —");
    const auto found = session_rate(*reader(), session).value();
    EXPECT_FALSE(found.was_held());
    const auto name = why == std::string("missed") ? "missed" : "cancelled";
    EXPECT_EQ(state_text(found, Language::en), name);
    const auto sheet = attendance_rows(reading_of(*reader(), {}, kShanghai, Language::en), session);
    ASSERT_EQ(sheet.size(), 1u);  // who had signed in is absent from nothing
    EXPECT_EQ(sheet[0][6], Cell(name));
    EXPECT_EQ(std::get<Interval>(sheet[0][1]).to->at, at("2026-11-22 20:30:00"));
  }
  a_session(60);
  const auto month = participation_of_month(*reader(), "2026-11", By::none, kShanghai, Language::zh).value();
  ASSERT_EQ(month.rows.size(), 5u);
  EXPECT_EQ(month.rows[4][2], Cell(Count{1}));
  EXPECT_EQ(month.rows[4][5], Cell(Rate{2, 4}));
}

TEST_F(ParticipationTest, WhileItRunsWhoSignedOutAtOnceIsNotPresent) {
  const auto session = open_session();
  clock_.set(at("2026-11-22 19:30:00"));
  test::run(loop_, sessions_->freeze(session));
  sign_in(session, {"001"});
  clock_.advance(seconds(1));
  test::run(loop_, sessions_->sign_out(session, {"001"}, "operator"));
  EXPECT_EQ(rate(session), "0/4 = 0.0 %");
}

TEST_F(ParticipationTest, RefusesWhatIsNoMonthAndNoSession) {
  EXPECT_EQ(participation_of_month(*reader(), "2026-13", By::none, kShanghai, Language::zh).error().code,
            "logs.month");
  EXPECT_EQ(participation_of_session(*reader(), 9, By::none, kShanghai, Language::zh).error().code,
            "logs.session_unknown");
  EXPECT_EQ(rate_of(*reader(), 0).error().code, "logs.session_unknown");
}

TEST_F(ParticipationTest, WhileItRunsWhoHasSignedInStandsAsPresent) {
  const auto session = open_session();
  sign_in(session, {"001"});
  EXPECT_EQ(rate(session), "0/0 = —");  // nobody is expected before the freeze
  clock_.set(at("2026-11-22 19:30:00"));
  test::run(loop_, sessions_->freeze(session));
  EXPECT_EQ(rate(session), "1/4 = 25.0 %");
}

}  // namespace
}  // namespace edu::logs
