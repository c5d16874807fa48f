// Long: each case is a scene of the same station.
#include <gmock/gmock.h>

#include "tests/scheduler/station.h"

namespace edu::scheduler {
namespace {

using player::OrderEnd;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class PlayoutTest : public Station {
 protected:
  // Programme 1 at 19:30 with courseware 2 (20 minutes), on air.
  void on_air(std::vector<std::int64_t> rundown = {2}) {
    power_on();
    add(draft("2026-11-22T19:30", std::move(rundown)));
    advance_to("2026-11-22T19:30");
    starts();
  }
  void cancel(std::int64_t id) {
    test::run(loop_, timetable_->cancel(id, std::nullopt, "停电", "operator"));
    settle();
  }
  std::vector<std::string> missed() { return brief("programme.missed", {"programme", "local_start", "why"}); }
  std::vector<std::string> ended() { return brief("playback.ended", {"play", "reason"}); }
  static std::int64_t effective(const json::object& ended) {
    std::int64_t sum = 0;
    for (const auto& span : get_array(ended, "spans")) sum += span.at("length_ms").as_int64();
    return sum;
  }
  std::vector<std::string> sessions() { return brief("session.closed", {"session", "why"}); }
};

TEST_F(PlayoutTest, OpensTheSessionThirtyMinutesAheadAndArmsAtThePreload) {
  power_on();
  add(draft("2026-11-22T19:30", {2, 3}));
  advance_to("2026-11-22T18:59:59");
  EXPECT_THAT(events("session.opened"), IsEmpty());
  advance_to("2026-11-22T19:00");
  EXPECT_THAT(brief("session.opened", {"session", "programme", "local_start"}),
              ElementsAre("1 1 2026-11-22T19:30:00"));
  EXPECT_EQ(get_int(events("session.opened")[0], "planned_end_ms"), to_ms(at("2026-11-22T20:00")));
  advance_to("2026-11-22T19:29:54");
  EXPECT_THAT(deck_.armed(), IsEmpty());
  advance_to("2026-11-22T19:29:55");
  ASSERT_THAT(deck_.armed(), SizeIs(1));
  const auto& order = deck_.armed()[0];
  EXPECT_EQ(order.at, at("2026-11-22T19:30"));
  ASSERT_THAT(order.items, SizeIs(2));
  EXPECT_EQ(order.items[1], (player::DeckItem{"/objects/3", minutes(10), at("2026-11-22T19:50")}));
  EXPECT_THAT(events("session.frozen"), IsEmpty());
}

TEST_F(PlayoutTest, AProgrammeAddedAtTheLastMomentOpensAndArmsAtOnce) {
  power_on();
  add(draft("2026-11-22T12:00:03"));
  EXPECT_THAT(events("session.opened"), SizeIs(1));
  ASSERT_THAT(deck_.armed(), SizeIs(1));
  EXPECT_EQ(deck_.armed()[0].at, at("2026-11-22T12:00:03"));
}

TEST_F(PlayoutTest, OnlyGroupProgrammesHaveSessions) {
  power_on();
  auto d = draft("2026-11-22T12:10");
  d.kind = Kind::open;
  add(d);
  advance_to("2026-11-22T12:10");
  starts();
  advance(minutes(20));
  item_ends(minutes(20));
  finishes();
  EXPECT_THAT(events("session.opened"), IsEmpty());
  EXPECT_THAT(brief("playback.started", {"kind", "session"}), ElementsAre("open 0"));
}

TEST_F(PlayoutTest, RecordsPlannedAndActualStartAndTheEndOfEachItem) {
  on_air({2, 3});
  advance(minutes(20));
  item_ends(minutes(20));
  EXPECT_EQ(rows("on_air"), 1);
  clock_.advance(milliseconds(90));
  starts(1);
  advance(minutes(10));
  item_ends(minutes(10), 1);
  finishes();
  const auto started = events("playback.started");
  ASSERT_THAT(started, SizeIs(2));
  EXPECT_EQ(get_int(started[0], "planned_ms"), to_ms(at("2026-11-22T19:30")));
  EXPECT_EQ(get_int(started[0], "first_frame_ms") - get_int(started[0], "started_ms"), 5);
  EXPECT_EQ(get_int(started[0], "declared_ms"), 20 * 60'000);
  EXPECT_EQ(get_string(started[0], "title"), "果树修剪");
  EXPECT_EQ(get_int(started[0], "session"), 1);
  EXPECT_EQ(get_int(started[1], "planned_ms"), to_ms(at("2026-11-22T19:50")));
  EXPECT_EQ(get_int(started[1], "started_ms"), to_ms(at("2026-11-22T19:50")) + 90);
  EXPECT_THAT(brief("playback.ended", {"play", "reason", "equipment", "by"}),
              ElementsAre("1 completed null/null auto", "2 completed null/null auto"));
  EXPECT_EQ(get_array(events("playback.ended")[0], "spans").at(0).at("length_ms"), 20 * 60'000);
  EXPECT_EQ(rows("on_air"), 0);
}

TEST_F(PlayoutTest, FreezesTheSessionAtTheStartAndClosesItAtTheEndAsRun) {
  on_air();
  ASSERT_THAT(events("session.frozen"), SizeIs(1));
  EXPECT_EQ(get_array(events("session.frozen")[0], "expected").size(), 2u);
  EXPECT_THAT(events("session.closed"), IsEmpty());
  advance(minutes(20) + seconds(1));
  item_ends(minutes(20));
  finishes();
  EXPECT_THAT(sessions(), ElementsAre("1 ended"));
  EXPECT_EQ(get_int(events("session.closed")[0], "closed_ms"), to_ms(at("2026-11-22T19:50:01")));
}

struct End {
  const char* name;
  player::ItemEnd end;
  milliseconds played, declared;
  const char* reason;
};
void PrintTo(const End& end, std::ostream* out) { *out << end.name; }
class Ending : public testing::TestWithParam<End> {};

TEST_P(Ending, IsCalled) {
  EXPECT_EQ(end_reason(GetParam().end, GetParam().played, GetParam().declared), GetParam().reason)
      << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(
    Items, Ending,
    testing::Values(End{"whole", player::ItemEnd::eof, minutes(20), minutes(20), "completed"},
                    End{"a container that rounds", player::ItemEnd::eof, minutes(20) - seconds(8),
                        minutes(20), "completed"},
                    End{"cut off, though mpv says eof", player::ItemEnd::eof, minutes(20) - seconds(9),
                        minutes(20), "truncated"},
                    End{"short clip within 2 s", player::ItemEnd::eof, seconds(8), seconds(10), "completed"},
                    End{"short clip cut off", player::ItemEnd::eof, seconds(7), seconds(10), "truncated"},
                    End{"nothing at all", player::ItemEnd::eof, seconds(0), seconds(10), "truncated"},
                    End{"longer than declared", player::ItemEnd::eof, minutes(30), minutes(20), "completed"},
                    End{"declared nothing", player::ItemEnd::eof, minutes(30), minutes(0), "completed"},
                    End{"stopped", player::ItemEnd::stopped, minutes(20), minutes(20), "stopped"},
                    End{"error", player::ItemEnd::error, minutes(1), minutes(20), "error"}));

TEST_F(PlayoutTest, AnItemThatCannotBeReadEndsAsMissingAtItsOwnTime) {
  power_on();
  add(draft("2026-11-22T19:30", {2, 3}));
  advance_to("2026-11-22T19:29:56");
  item_ends(milliseconds(0), 0, player::ItemEnd::error);  // the deck cannot open it
  EXPECT_THAT(events("playback.started"), IsEmpty());
  advance_to("2026-11-22T19:30");
  EXPECT_THAT(brief("playback.started", {"play", "item", "started_ms"}),
              ElementsAre("1 0 " + std::to_string(to_ms(at("2026-11-22T19:30")))));
  EXPECT_THAT(brief("playback.ended", {"play", "reason", "ended_ms"}),
              ElementsAre("1 missing " + std::to_string(to_ms(at("2026-11-22T19:30")))));
  EXPECT_EQ(get_int(events("playback.started")[0], "first_frame_ms"), 0);
  EXPECT_THAT(events("session.frozen"), SizeIs(1));
  advance_to("2026-11-22T19:50");
  starts(1);
  advance(minutes(10));
  item_ends(minutes(10), 1);
  finishes();
  EXPECT_THAT(ended(), ElementsAre("1 missing", "2 completed"));
  EXPECT_THAT(sessions(), ElementsAre("1 ended"));
}

TEST_F(PlayoutTest, AMissingFileIsLeftOutAndTheNextItemHasItsOwnTime) {
  power_on();
  gone_ = {2};
  add(draft("2026-11-22T19:30", {2, 3, 2}));
  advance_to("2026-11-22T19:30");
  ASSERT_THAT(deck_.armed(), SizeIs(1));
  EXPECT_THAT(deck_.armed()[0].items,
              ElementsAre(player::DeckItem{"/objects/3", minutes(10), at("2026-11-22T19:50")}));
  EXPECT_THAT(ended(), ElementsAre("1 missing"));
  advance_to("2026-11-22T19:50");
  starts(0);
  EXPECT_THAT(brief("playback.started", {"play", "item", "courseware"}), ElementsAre("1 0 2", "2 1 3"));
  advance(minutes(10) - seconds(1));
  item_ends(minutes(10), 0);
  finishes();
  EXPECT_THAT(sessions(), IsEmpty());  // the last one's time has not come
  advance(seconds(1));
  EXPECT_THAT(ended(), ElementsAre("1 missing", "2 completed", "3 missing"));
  EXPECT_THAT(sessions(), ElementsAre("1 ended"));
}

TEST_F(PlayoutTest, WhereNothingCanBeReadTheProgrammeIsMissed) {
  power_on();
  add(draft("2026-11-22T19:30", {2, 3}));
  advance_to("2026-11-22T19:29:55");
  item_ends(milliseconds(0), 0, player::ItemEnd::error);
  item_ends(milliseconds(0), 1, player::ItemEnd::error);
  finishes();
  EXPECT_THAT(missed(), IsEmpty());
  advance_to("2026-11-22T19:30");
  EXPECT_THAT(missed(), ElementsAre("1 2026-11-22T19:30:00 courseware"));
  EXPECT_THAT(sessions(), ElementsAre("1 missed"));
  EXPECT_THAT(deck_.armed(), SizeIs(1));
}

TEST_F(PlayoutTest, BackToBackTheSecondIsArmedWhenTheFirstHasEnded) {
  on_air();
  add(draft("2026-11-22T19:50", {3}));
  advance_to("2026-11-22T19:50");
  EXPECT_THAT(deck_.armed(), SizeIs(1));
  advance(milliseconds(800));
  item_ends(minutes(20));
  finishes();
  ASSERT_THAT(deck_.armed(), SizeIs(2));
  EXPECT_EQ(deck_.armed()[1].at, at("2026-11-22T19:50"));
  starts();
  EXPECT_EQ(get_int(events("playback.started")[1], "started_ms"), to_ms(at("2026-11-22T19:50")) + 800);
  EXPECT_THAT(missed(), IsEmpty());
}

TEST_F(PlayoutTest, WhereTheFirstRunsOverTheOthersWaitForTheDeck) {
  on_air();
  add(draft("2026-11-22T19:50", {3}));
  add(draft("2026-11-22T20:00", {3}));
  advance_to("2026-11-22T20:05");
  EXPECT_THAT(missed(), IsEmpty());
  item_ends(minutes(35));
  finishes();
  ASSERT_THAT(deck_.armed(), SizeIs(2));
  starts();
  EXPECT_EQ(get_int(events("playback.started")[1], "programme"), 2);
  advance(minutes(10));
  item_ends(minutes(10));
  finishes();
  ASSERT_THAT(deck_.armed(), SizeIs(3));
  starts();
  EXPECT_EQ(get_int(events("playback.started")[2], "programme"), 3);
  EXPECT_THAT(missed(), IsEmpty());
}

TEST_F(PlayoutTest, TheLateLimitCountsFromWhenTheDeckIsFree) {
  on_air();
  add(draft("2026-11-22T19:50", {3}));
  advance_to("2026-11-22T19:55");
  item_ends(minutes(25));
  finishes();
  ASSERT_THAT(deck_.armed(), SizeIs(2));
  emit(player::Failed{"signal 9"});
  advance(seconds(2));
  EXPECT_THAT(missed(), IsEmpty());
  advance(milliseconds(1));
  EXPECT_THAT(missed(), ElementsAre("2 2026-11-22T19:50:00 deck"));
}

// A deck is believed nothing that the station's own clocks do not bear out.
TEST_F(PlayoutTest, ADeckThatLiesMakesNobodysMinutesLonger) {
  on_air({3, 3});
  const auto six_hours = std::chrono::duration_cast<milliseconds>(hours(6));
  advance(minutes(1));
  emit(player::Progress{order(), 0, six_hours, {{to_ms(clock_.now()), 0, six_hours.count()}}});
  EXPECT_LE(playout_->status().now->effective_ms, 62'000);
  EXPECT_LE(playout_->status().now->position, minutes(10));
  advance(minutes(9));
  const auto begin = to_ms(at("2026-11-22T19:30"));
  std::vector<PlaySpan> lie{{begin, 0, six_hours.count()}, {begin + 1, 7, six_hours.count()}};
  emit(player::ItemEnded{order(), 0, player::ItemEnd::eof, six_hours, INT64_MAX, lie, ""});
  const auto first = events("playback.ended").at(0);
  EXPECT_LE(effective(first), 601'000);
  EXPECT_EQ(get_int(first, "cut_ms"), 2 * six_hours.count() - effective(first));
  // The second takes what is left, however it is spread.
  starts(1);
  advance(seconds(2));
  lie = {{begin, 0, 400'000},
         {to_ms(clock_.now() + hours(1)), 0, 400'000},
         {to_ms(clock_.now()) - 2000, 0, 400'000}};
  emit(player::ItemEnded{order(), 1, player::ItemEnd::eof, six_hours, -5, lie, ""});
  EXPECT_LE(effective(events("playback.ended").at(1)), 3'000);
  EXPECT_EQ(brief("playback.ended", {"reason"}).at(1), "truncated");
  finishes();
  EXPECT_THAT(sessions(), ElementsAre("1 ended"));
}

TEST_F(PlayoutTest, ADeckThatSaysItBeganBeforeItsTimeIsNotBelieved) {
  power_on();
  add(draft("2026-11-22T19:30"));
  advance_to("2026-11-22T19:29:56");
  starts();
  EXPECT_THAT(events("playback.started"), IsEmpty());
  advance_to("2026-11-22T19:30");
  emit(player::Started{order(), 0, clock_.now() - hours(3), clock_.now() + hours(3)});
  const auto started = events("playback.started").at(0);
  EXPECT_GE(get_int(started, "started_ms"), to_ms(at("2026-11-22T19:29:59")));
  EXPECT_LE(get_int(started, "first_frame_ms"), to_ms(at("2026-11-22T19:30:01")));
}

TEST_F(PlayoutTest, CancellingWhatIsOnAirStopsIt) {
  on_air();
  advance(minutes(5));
  plays(minutes(5));
  cancel(1);
  EXPECT_THAT(deck_.to(), ElementsAre(test::FakeDeck::To{"stop", order()}));
  item_ends(minutes(5), 0, player::ItemEnd::stopped);
  finishes(OrderEnd::stopped);
  EXPECT_THAT(ended(), ElementsAre("1 stopped"));
  EXPECT_THAT(sessions(), ElementsAre("1 stopped"));
}

TEST_F(PlayoutTest, CancellingWhatIsArmedTakesItBackAndClosesItsSession) {
  power_on();
  add(draft("2026-11-22T19:30"));
  advance_to("2026-11-22T19:29:57");
  cancel(1);
  EXPECT_THAT(deck_.to(), ElementsAre(test::FakeDeck::To{"revoke", order()}));
  finishes(OrderEnd::revoked);
  EXPECT_THAT(sessions(), ElementsAre("1 cancelled"));
  advance(minutes(1));
  EXPECT_THAT(missed(), IsEmpty());
  EXPECT_THAT(events("playback.started"), IsEmpty());
}

TEST_F(PlayoutTest, CancellingTooLateForARevokeStopsIt) {
  power_on();
  add(draft("2026-11-22T19:30"));
  advance_to("2026-11-22T19:30");
  cancel(1);
  starts();
  EXPECT_EQ(deck_.to().back(), (test::FakeDeck::To{"stop", order()}));
}

TEST_F(PlayoutTest, ACoursewareWithoutItsFileIsMissed) {
  power_on();
  gone_ = {2};
  add(draft("2026-11-22T19:30"));
  advance_to("2026-11-22T19:29:59");
  EXPECT_THAT(missed(), IsEmpty());
  advance(seconds(1));
  EXPECT_THAT(missed(), ElementsAre("1 2026-11-22T19:30:00 courseware"));
  EXPECT_THAT(sessions(), ElementsAre("1 missed"));
  advance(minutes(1));
  EXPECT_THAT(missed(), SizeIs(1));
}

TEST_F(PlayoutTest, AStepBackAirsNothingTwice) {
  on_air();
  advance(minutes(20));
  item_ends(minutes(20));
  finishes();
  clock_.set(at("2026-11-22T19:00"));
  settle();
  advance_to("2026-11-22T20:30");
  EXPECT_THAT(deck_.armed(), SizeIs(1));
  EXPECT_THAT(events("playback.started"), SizeIs(1));
  EXPECT_THAT(events("session.opened"), SizeIs(1));
  EXPECT_THAT(missed(), IsEmpty());
  EXPECT_THAT(events("clock.set"), SizeIs(1));
}

TEST_F(PlayoutTest, AStepBackWhileArmedTakesTheOrderBackAndArmsAgainInTime) {
  power_on();
  add(draft("2026-11-22T19:30"));
  advance_to("2026-11-22T19:29:57");
  const auto first = order();
  clock_.set(at("2026-11-22T19:00"));
  settle();
  EXPECT_THAT(deck_.to(), ElementsAre(test::FakeDeck::To{"revoke", first}));
  finishes(OrderEnd::revoked);
  EXPECT_THAT(deck_.armed(), SizeIs(1));
  advance_to("2026-11-22T19:29:55");
  ASSERT_THAT(deck_.armed(), SizeIs(2));
  advance_to("2026-11-22T19:30");
  starts();
  EXPECT_THAT(events("playback.started"), SizeIs(1));
  EXPECT_THAT(events("session.opened"), SizeIs(1));
}

TEST_F(PlayoutTest, AStepForwardPastAStartMissesItOnce) {
  power_on();
  add(draft("2026-11-22T19:30", {2}, "FREQ=DAILY"));
  clock_.set(at("2026-11-24T12:00"));
  settle();
  EXPECT_THAT(missed(), ElementsAre("1 2026-11-22T19:30:00 clock", "1 2026-11-23T19:30:00 clock"));
  clock_.set(at("2026-11-22T12:00"));
  settle();
  advance_to("2026-11-24T12:00");
  EXPECT_THAT(missed(), SizeIs(2));
  EXPECT_THAT(deck_.armed(), IsEmpty());
}

TEST_F(PlayoutTest, AStepForwardWhileArmedTakesTheOrderBack) {
  power_on();
  add(draft("2026-11-22T12:00:04"));
  ASSERT_THAT(deck_.armed(), SizeIs(1));
  clock_.set(at("2026-11-22T12:01"));
  settle();
  EXPECT_THAT(deck_.to(), ElementsAre(test::FakeDeck::To{"revoke", order()}));
  finishes(OrderEnd::revoked);
  EXPECT_THAT(missed(), SizeIs(1));
  EXPECT_THAT(sessions(), ElementsAre("1 missed"));
}

TEST_F(PlayoutTest, WhatPassedWhileTheStationWasOffIsMissedOnce) {
  add(draft("2026-11-22T13:00", {2}, "FREQ=DAILY"));
  clock_.advance(hours(24 * 2));
  power_on();
  EXPECT_THAT(missed(), ElementsAre("1 2026-11-22T13:00:00 off", "1 2026-11-23T13:00:00 off"));
  power_off();
  power_on();
  EXPECT_THAT(missed(), SizeIs(2));
  advance_to("2026-11-24T12:59:55");
  EXPECT_THAT(deck_.armed(), SizeIs(1));
}

TEST_F(PlayoutTest, AnUntrustedClockAirsNothingAndOpensNothing) {
  clock_.trust(ClockTrust::untrusted);
  power_on();
  add(draft("2026-11-22T19:30"));
  advance_to("2026-11-22T19:30:02");
  EXPECT_THAT(deck_.armed(), IsEmpty());
  EXPECT_THAT(events("session.opened"), IsEmpty());
  EXPECT_EQ(playout_->status().why, "scheduler.why.clock");
  advance(milliseconds(1));
  EXPECT_THAT(missed(), ElementsAre("1 2026-11-22T19:30:00 clock"));
}

TEST_F(PlayoutTest, TrustThatComesBackIsNoticedWithinAMinute) {
  clock_.trust(ClockTrust::untrusted);
  power_on();
  add(draft("2026-11-22T12:10"));
  advance(minutes(5));
  clock_.trust(ClockTrust::synced);
  advance(minutes(1));
  EXPECT_THAT(events("session.opened"), SizeIs(1));
  advance_to("2026-11-22T12:09:55");
  EXPECT_THAT(deck_.armed(), SizeIs(1));
}

TEST_F(PlayoutTest, TrustThatGoesTakesAnArmedOrderBack) {
  power_on();
  add(draft("2026-11-22T12:00:04"));
  clock_.trust(ClockTrust::untrusted);
  emit(player::Ready{order()});
  EXPECT_THAT(deck_.to(), ElementsAre(test::FakeDeck::To{"revoke", order()}));
}

TEST_F(PlayoutTest, StatusSaysWhatIsOnAirAndWhy) {
  on_air({2, 3});
  add(draft("2026-11-23T19:30"));
  advance(minutes(5));
  plays(minutes(5));
  const auto status = playout_->status();
  ASSERT_TRUE(status.now);
  EXPECT_EQ(status.now->occurrence.key(), "P1@2026-11-22T19:30:00");
  EXPECT_EQ(status.now->item, 0u);
  EXPECT_EQ(status.now->session, 1);
  EXPECT_EQ(status.now->planned, at("2026-11-22T19:30"));
  EXPECT_EQ(status.now->since, at("2026-11-22T19:30"));
  EXPECT_EQ(status.now->effective_ms, 5 * 60'000);
  EXPECT_EQ(status.now->declared, minutes(20));
  ASSERT_TRUE(status.next);
  EXPECT_EQ(status.next->key(), "P2@2026-11-23T19:30:00");
  EXPECT_EQ(status.why, "scheduler.why.on_air");
  EXPECT_EQ(text(Language::en, status.why, status.why_args),
            "Programme 1 “晚间课堂” of the timetable, due at 22 Nov 2026 19:30, is on air: part 1 of 2.");
  EXPECT_EQ(status.equipment, "null/null");
}

TEST_F(PlayoutTest, StatusExplainsAnIdleScreen) {
  power_on();
  EXPECT_EQ(playout_->status().why, "scheduler.why.nothing");
  add(draft("2026-11-22T19:30"));
  EXPECT_EQ(playout_->status().why, "scheduler.why.next");
  deck_.emit(player::Failed{"signal 9"});
  EXPECT_EQ(playout_->status().why, "scheduler.why.deck");
  for (const auto* key : {"on_air", "rundown", "resumed", "clock", "deck", "next", "nothing"}) {
    EXPECT_TRUE(has_text(Language::zh, std::string("scheduler.why.") + key)) << key;
  }
}

TEST_F(PlayoutTest, TheTimelineShowsEachOccurrencesState) {
  power_on();
  add(draft("2026-11-22T12:00:04", {2}));
  add(draft("2026-11-22T12:20:04", {3}));
  add(draft("2026-11-22T13:00", {3}));
  advance_to("2026-11-22T12:00:04");
  starts();
  advance_to("2026-11-22T12:20:30");
  std::vector<std::string> states;
  const auto timeline = test::run(loop_, playout_->timeline(1));
  for (const auto& one : timeline) states.push_back(to_string(one.state));
  // Programme 1 is past by the plan, and the second waits for its end.
  EXPECT_THAT(states, ElementsAre("planned", "planned"));
  emit(player::ItemEnded{order(), 0, player::ItemEnd::eof, minutes(20), 0, {}, ""});
  finishes();
  starts();
  EXPECT_EQ(test::run(loop_, playout_->timeline(1)).at(0).state, State::on_air);
}

}  // namespace
}  // namespace edu::scheduler
