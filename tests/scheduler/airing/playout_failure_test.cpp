// What the playout does when something breaks: the deck, the disk, the power.
// Long: each case is a scene of the same station.
#include <gmock/gmock.h>

#include "tests/scheduler/station.h"

namespace edu::scheduler {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class PlayoutFailure : public Station {
 protected:
  void on_air(std::vector<std::int64_t> rundown) {
    power_on();
    add(draft("2026-11-22T19:30", std::move(rundown)));
    advance_to("2026-11-22T19:30");
    starts();
    advance(minutes(5));
    plays(minutes(5));
  }
  void fails() { emit(player::Failed{"signal 11 (Segmentation fault)"}); }
  void comes_back(unsigned restarts = 1) { emit(player::Restarted{restarts}); }
  void break_table(const char* table) {
    auto unit = [table](logs::Transaction& t) {
      t.db.exec(std::string("CREATE TRIGGER broken BEFORE INSERT ON ") + table +
                " BEGIN SELECT RAISE(ABORT, 'the disk is broken'); END");
      return 0;
    };
    test::run(loop_, ledger_->write(unit));
  }
  void mend() {
    auto unit = [](logs::Transaction& t) { return t.db.exec("DROP TRIGGER broken"), 0; };
    test::run(loop_, ledger_->write(unit));
  }
  std::vector<std::string> ended() { return brief("playback.ended", {"play", "reason"}); }
  std::vector<std::string> sessions() { return brief("session.closed", {"session", "why"}); }
  std::vector<std::string> missed() { return brief("programme.missed", {"local_start", "why"}); }
};

TEST_F(PlayoutFailure, ADeckThatDiesInMidPlayIsRecordedAndTheNextItemFollows) {
  on_air({2, 3});
  fails();
  EXPECT_THAT(brief("deck.failed", {"deck", "what"}), ElementsAre("A signal 11 (Segmentation fault)"));
  EXPECT_THAT(brief("playback.ended", {"play", "reason", "equipment"}),
              ElementsAre("1 deck_failed null/null"));
  EXPECT_EQ(get_array(events("playback.ended")[0], "spans").at(0).at("length_ms"), 5 * 60'000);
  EXPECT_THAT(deck_.armed(), SizeIs(1));
  advance(seconds(3));
  comes_back();
  EXPECT_THAT(brief("deck.restarted", {"deck"}), ElementsAre("A"));
  EXPECT_THAT(deck_.armed(), SizeIs(1));  // the next one's time has not come
  advance_to("2026-11-22T19:49:55");
  ASSERT_THAT(deck_.armed(), SizeIs(2));
  EXPECT_EQ(deck_.armed()[1].at, at("2026-11-22T19:50"));
  EXPECT_THAT(deck_.armed()[1].items,
              ElementsAre(player::DeckItem{"/objects/3", minutes(10), at("2026-11-22T19:50")}));
  advance_to("2026-11-22T19:50");
  starts();
  advance(minutes(10));
  item_ends(minutes(10));
  finishes();
  EXPECT_THAT(brief("playback.started", {"play", "item", "courseware"}), ElementsAre("1 0 2", "2 1 3"));
  EXPECT_THAT(ended(), ElementsAre("1 deck_failed", "2 completed"));
  EXPECT_THAT(sessions(), ElementsAre("1 ended"));
}

TEST_F(PlayoutFailure, ADeckThatDiesInTheLastItemEndsTheProgramme) {
  on_air({2});
  fails();
  EXPECT_THAT(sessions(), ElementsAre("1 ended"));
  comes_back();
  EXPECT_THAT(deck_.armed(), SizeIs(1));
}

TEST_F(PlayoutFailure, AFileThatKillsTheDeckWhileItLoadsKillsItOnce) {
  on_air({2, 3, 2});
  advance_to("2026-11-22T19:50");
  item_ends(minutes(20));
  fails();  // while item 1 was loading
  EXPECT_THAT(ended(), ElementsAre("1 completed", "2 deck_failed"));
  comes_back();
  advance_to("2026-11-22T19:59:55");
  ASSERT_THAT(deck_.armed(), SizeIs(2));
  EXPECT_THAT(deck_.armed()[1].items,
              ElementsAre(player::DeckItem{"/objects/2", minutes(20), at("2026-11-22T20:00")}));
}

TEST_F(PlayoutFailure, ADeckThatDoesNotComeBackEndsTheProgrammeAtItsPlannedEnd) {
  on_air({2, 3});
  fails();
  advance_to("2026-11-22T19:59:59");
  EXPECT_THAT(sessions(), IsEmpty());
  advance(seconds(1));
  EXPECT_THAT(sessions(), ElementsAre("1 ended"));
  EXPECT_THAT(ended(), ElementsAre("1 deck_failed", "2 not_aired"));
}

TEST_F(PlayoutFailure, ADeckThatDiesBeforeTheStartIsArmedAgain) {
  power_on();
  add(draft("2026-11-22T12:00:04"));
  ASSERT_THAT(deck_.armed(), SizeIs(1));
  fails();
  advance(seconds(5));
  comes_back();
  ASSERT_THAT(deck_.armed(), SizeIs(2));
  EXPECT_EQ(deck_.armed()[1].at, at("2026-11-22T12:00:04"));
  EXPECT_THAT(ended(), IsEmpty());
}

TEST_F(PlayoutFailure, ADeckThatIsDownTooLongMissesTheProgramme) {
  power_on();
  add(draft("2026-11-22T12:00:04"));
  fails();
  fails();  // its restart fails too: said once
  advance(seconds(7));
  EXPECT_THAT(missed(), ElementsAre("2026-11-22T12:00:04 deck"));
  EXPECT_THAT(events("deck.failed"), SizeIs(1));
  comes_back(2);
  EXPECT_THAT(deck_.armed(), SizeIs(1));
}

TEST_F(PlayoutFailure, TheFirstStartOfTheDeckIsNoRestart) {
  power_on();
  comes_back(0);
  EXPECT_THAT(events("deck.restarted"), IsEmpty());
}

TEST_F(PlayoutFailure, ARefusedOrderIsTriedAgainUntilItIsTooLate) {
  power_on();
  add(draft("2026-11-22T12:00:04"));
  finishes(player::OrderEnd::refused);
  EXPECT_THAT(deck_.armed(), SizeIs(1));
  advance(seconds(1));
  EXPECT_THAT(deck_.armed(), SizeIs(2));
  finishes(player::OrderEnd::refused);
  clock_.advance(seconds(6));
  settle();
  EXPECT_THAT(missed(), SizeIs(1));
}

TEST_F(PlayoutFailure, EventsOfOrdersThatAreNotOursChangeNothing) {
  on_air({2});
  emit(player::Started{77, 0, clock_.now(), clock_.now()});
  emit(player::ItemEnded{77, 0, player::ItemEnd::eof, minutes(1), 0, {}, ""});
  emit(player::ItemEnded{order(), 9, player::ItemEnd::eof, minutes(1), 0, {}, ""});
  emit(player::Finished{77, player::OrderEnd::played, ""});
  EXPECT_THAT(events("playback.started"), SizeIs(1));
  EXPECT_THAT(ended(), IsEmpty());
  EXPECT_TRUE(playout_->status().now);
}

TEST_F(PlayoutFailure, AfterAPowerCutTheRecordIsClosedWithTheMinutesOfTheLastCheckpoint) {
  on_air({2, 3});
  advance(seconds(5));  // the checkpoint of 19:35:05
  power_off();
  clock_.advance(hours(1));
  power_on();
  EXPECT_THAT(ended(), ElementsAre("1 power_loss", "2 not_aired"));
  const auto event = events("playback.ended")[0];
  EXPECT_EQ(get_int(event, "ended_ms"), to_ms(at("2026-11-22T19:35:05")));
  EXPECT_EQ(get_array(event, "spans").at(0).at("length_ms"), 5 * 60'000);
  EXPECT_EQ(get_string(event, "equipment"), "null/null");
  EXPECT_THAT(sessions(), ElementsAre("1 power_loss"));
  EXPECT_EQ(get_int(events("session.closed")[0], "closed_ms"), to_ms(at("2026-11-22T19:35:05")));
  EXPECT_EQ(rows("on_air"), 0);
  EXPECT_THAT(deck_.armed(), SizeIs(1));
  EXPECT_THAT(missed(), IsEmpty());
}

TEST_F(PlayoutFailure, APowerCutOfASecondDoesNotAirTheSameProgrammeAgain) {
  power_on();
  add(draft("2026-11-22T12:00:04"));
  advance(seconds(4));
  starts();
  power_off();
  clock_.advance(seconds(1));
  power_on();
  EXPECT_THAT(deck_.armed(), SizeIs(1));
  EXPECT_THAT(ended(), ElementsAre("1 power_loss"));
}

TEST_F(PlayoutFailure, AfterAShortPowerCutTheProgrammeGoesOnWithWhatIsStillDue) {
  on_air({2, 3});
  advance(seconds(5));
  power_off();
  clock_.advance(minutes(1));
  power_on();
  EXPECT_THAT(ended(), ElementsAre("1 power_loss"));
  EXPECT_THAT(brief("programme.resumed", {"programme", "item", "off_ms"}),
              ElementsAre("1 1 " + std::to_string(to_ms(at("2026-11-22T19:35:05")))));
  EXPECT_THAT(sessions(), IsEmpty());
  advance_to("2026-11-22T19:49:55");
  ASSERT_THAT(deck_.armed(), SizeIs(2));
  EXPECT_EQ(deck_.armed()[1].at, at("2026-11-22T19:50"));
  advance_to("2026-11-22T19:50");
  starts();
  EXPECT_EQ(playout_->status().why, "scheduler.why.resumed");
  advance(minutes(10));
  item_ends(minutes(10));
  finishes();
  EXPECT_THAT(brief("playback.started", {"play", "item", "session"}), ElementsAre("1 0 1", "2 1 1"));
  EXPECT_THAT(ended(), ElementsAre("1 power_loss", "2 completed"));
  EXPECT_THAT(sessions(), ElementsAre("1 ended"));
  EXPECT_EQ(rows("on_air"), 0);
}

TEST_F(PlayoutFailure, AfterAPowerCutWhatIsNotDueAnyMoreHasALineThatSaysSo) {
  on_air({2, 3, 2});
  power_off();
  clock_.advance(minutes(21));  // in the middle of the second
  power_on();
  EXPECT_THAT(ended(), ElementsAre("1 power_loss", "2 not_aired"));
  EXPECT_THAT(brief("programme.resumed", {"item"}), ElementsAre("2"));
  advance_to("2026-11-22T20:00");
  starts();
  EXPECT_THAT(brief("playback.started", {"item"}), ElementsAre("0", "1", "2"));
}

TEST_F(PlayoutFailure, APowerCutBetweenTwoItemsGoesOnWithTheNext) {
  on_air({2, 3});
  advance_to("2026-11-22T19:50");
  item_ends(minutes(20));
  power_off();
  clock_.advance(seconds(1));
  power_on();
  EXPECT_THAT(ended(), ElementsAre("1 completed"));
  ASSERT_THAT(deck_.armed(), SizeIs(2));
  EXPECT_EQ(deck_.armed()[1].at, clock_.now());
  starts();
  EXPECT_THAT(brief("playback.started", {"item"}), ElementsAre("0", "1"));
}

TEST_F(PlayoutFailure, AProgrammeThatWasCancelledMeanwhileDoesNotGoOn) {
  on_air({2, 3});
  power_off();
  test::run(loop_, timetable_->cancel(1, std::nullopt, "停电", "operator"));
  clock_.advance(minutes(1));
  power_on();
  EXPECT_THAT(events("programme.resumed"), IsEmpty());
  EXPECT_THAT(sessions(), ElementsAre("1 power_loss"));
}

TEST_F(PlayoutFailure, APowerCutBeforeTheStartGoesOnWithTheSameSession) {
  power_on();
  add(draft("2026-11-22T12:20"));
  EXPECT_THAT(events("session.opened"), SizeIs(1));
  power_off();
  clock_.advance(minutes(2));
  power_on();
  EXPECT_THAT(events("session.opened"), SizeIs(1));
  advance_to("2026-11-22T12:20");
  starts();
  EXPECT_THAT(brief("playback.started", {"session"}), ElementsAre("1"));
}

TEST_F(PlayoutFailure, APowerCutOverTheStartMissesItAndClosesItsSession) {
  power_on();
  add(draft("2026-11-22T12:20"));
  power_off();
  clock_.advance(hours(1));
  power_on();
  EXPECT_THAT(missed(), ElementsAre("2026-11-22T12:20:00 off"));
  EXPECT_THAT(sessions(), ElementsAre("1 missed"));
}

TEST_F(PlayoutFailure, CheckpointsAreWrittenAsOftenAsConfigured) {
  player_.checkpoint = seconds(10);
  on_air({2});
  auto spans = [this] {
    auto database = open_read_only(file_);
    Statement row(*database, "SELECT spans FROM on_air");
    row.executeStep();
    return row.getColumn(0).getString();
  };
  advance(seconds(10));
  EXPECT_NE(spans().find("300000"), std::string::npos) << spans();
  plays(minutes(5) + seconds(10));
  advance(seconds(9));
  EXPECT_EQ(spans().find("310000"), std::string::npos) << spans();
  advance(seconds(1));
  EXPECT_NE(spans().find("310000"), std::string::npos) << spans();
}

TEST_F(PlayoutFailure, StopLeavesAClosedRecord) {
  on_air({2, 3});
  clock_.advance(seconds(2));
  bool done = false;
  auto stopped = [&done](std::exception_ptr) { done = true; };
  asio::co_spawn(loop_, playout_->stop(), stopped);
  settle();
  EXPECT_EQ(deck_.to().back(), (test::FakeDeck::To{"stop", order()}));
  EXPECT_FALSE(done);  // it waits for the deck's last word
  item_ends(minutes(5) + seconds(2), 0, player::ItemEnd::stopped);
  finishes(player::OrderEnd::stopped);
  EXPECT_TRUE(done);
  EXPECT_THAT(ended(), ElementsAre("1 stopped"));
  EXPECT_EQ(get_array(events("playback.ended")[0], "spans").at(0).at("length_ms"), 302'000);
  EXPECT_THAT(sessions(), ElementsAre("1 stopped"));
  EXPECT_EQ(rows("on_air"), 0);
  comes_back();
  advance(minutes(30));
  EXPECT_THAT(deck_.armed(), SizeIs(1));
}

TEST_F(PlayoutFailure, StopDoesNotWaitForADeckThatIsSilent) {
  on_air({2});
  bool done = false;
  auto stopped = [&done](std::exception_ptr) { done = true; };
  asio::co_spawn(loop_, playout_->stop(), stopped);
  settle();
  advance(milliseconds(400));
  EXPECT_TRUE(done);
  EXPECT_THAT(ended(), ElementsAre("1 stopped"));
  EXPECT_EQ(get_array(events("playback.ended")[0], "spans").at(0).at("length_ms"), 5 * 60'000);
  EXPECT_THAT(sessions(), ElementsAre("1 stopped"));
}

TEST_F(PlayoutFailure, StopBeforeTheStartLeavesTheProgrammeForTheNextRun) {
  power_on();
  add(draft("2026-11-22T12:00:04"));
  asio::co_spawn(loop_, playout_->stop(), asio::detached);
  settle();
  EXPECT_THAT(deck_.to(), ElementsAre(test::FakeDeck::To{"revoke", order()}));
  finishes(player::OrderEnd::revoked);
  EXPECT_THAT(sessions(), IsEmpty());
  power_off();
  power_on();
  EXPECT_THAT(deck_.armed(), SizeIs(2));
}

TEST_F(PlayoutFailure, PlayingDoesNotWaitForADiskThatTakesNothing) {
  power_on();
  add(draft("2026-11-22T12:00:04"));
  add(draft("2026-11-22T12:20:04", {3}));
  break_table("journal");
  advance(seconds(4));
  starts();
  EXPECT_TRUE(playout_->status().now);
  EXPECT_EQ(playout_->status().why, "scheduler.why.on_air");
  ASSERT_TRUE(playout_->status().record);
  advance(minutes(20));
  item_ends(minutes(20));
  finishes();
  ASSERT_THAT(deck_.armed(), SizeIs(2));
  starts();
  advance(minutes(10));
  item_ends(minutes(10));
  finishes();
  EXPECT_THAT(events("playback.started"), IsEmpty());
  mend();
  advance(seconds(30));
  EXPECT_FALSE(playout_->status().record);
  EXPECT_THAT(brief("asrun.late", {"since_ms"}), SizeIs(1));
  EXPECT_THAT(brief("playback.started", {"play", "started_ms", "session"}),
              ElementsAre("1 " + std::to_string(to_ms(at("2026-11-22T12:00:04"))) + " 1",
                          "2 " + std::to_string(to_ms(at("2026-11-22T12:20:04"))) + " 2"));
  EXPECT_THAT(brief("playback.ended", {"play", "reason", "ended_ms"}),
              ElementsAre("1 completed " + std::to_string(to_ms(at("2026-11-22T12:20:04"))),
                          "2 completed " + std::to_string(to_ms(at("2026-11-22T12:30:04")))));
  EXPECT_THAT(sessions(), ElementsAre("1 ended", "2 ended"));
  EXPECT_THAT(missed(), IsEmpty());
}

TEST_F(PlayoutFailure, WhatTheDiskDidNotTakeIsEnteredAfterAPowerCut) {
  power_on();
  add(draft("2026-11-22T12:00:04", {2, 3}));
  break_table("journal");
  advance(seconds(4));
  starts();
  advance(minutes(20));
  item_ends(minutes(20));
  starts(1);
  advance(minutes(1));
  plays(minutes(1), 1);
  advance(seconds(30));
  power_off();
  mend();
  clock_.advance(minutes(1));
  power_on();
  advance(seconds(1));
  EXPECT_THAT(brief("playback.started", {"play", "item", "session"}), ElementsAre("1 0 1", "2 1 1"));
  EXPECT_THAT(ended(), ElementsAre("1 completed", "2 power_loss"));
  EXPECT_THAT(sessions(), ElementsAre("1 power_loss"));
  EXPECT_THAT(events("asrun.late"), SizeIs(1));
  power_off();
  power_on();  // and nothing twice
  EXPECT_THAT(ended(), SizeIs(2));
  EXPECT_THAT(events("asrun.late"), SizeIs(1));
}

// The power goes after the journal has the lines and before the emergency log is wiped.
TEST_F(PlayoutFailure, WhatIsInTheJournalAlreadyIsNotEnteredAgain) {
  power_on();
  add(draft("2026-11-22T12:00:04"));
  break_table("journal");
  advance(seconds(4));
  starts();
  advance(seconds(2));
  const auto kept = read_file(emergency_, 2 << 20);
  mend();
  advance(seconds(30));
  EXPECT_THAT(events("playback.started"), SizeIs(1));
  power_off();
  fs::remove(emergency_);
  publish(*files_, emergency_, kept);
  power_on();
  EXPECT_THAT(events("playback.started"), SizeIs(1));
  EXPECT_THAT(ended(), ElementsAre("1 power_loss"));
}

TEST_F(PlayoutFailure, TheNextStartIsNeverSleptThrough) {
  power_on();
  add(draft("2026-11-22T12:31:00"));  // its session is opened in a minute, and cannot be
  break_table("journal");
  advance_to("2026-11-22T12:30:54");
  EXPECT_THAT(deck_.armed(), IsEmpty());
  advance_to("2026-11-22T12:30:55");
  EXPECT_THAT(deck_.armed(), SizeIs(1));
}

TEST_F(PlayoutFailure, ASessionThatCannotBeOpenedDoesNotKeepTheProgrammeOffTheAir) {
  power_on();
  break_table("session");
  add(draft("2026-11-22T12:00:04"));
  EXPECT_THAT(events("session.opened"), IsEmpty());
  EXPECT_THAT(deck_.armed(), SizeIs(1));
  mend();
  advance(seconds(2));
  EXPECT_THAT(events("session.opened"), SizeIs(1));
}

// The unit of each table in turn fails while a programme runs from its session to its end.
class PlayoutFailureAt : public PlayoutFailure, public testing::WithParamInterface<const char*> {};

TEST_P(PlayoutFailureAt, ARunThroughATroubledDiskEndsWithAWholeRecord) {
  power_on();
  add(draft("2026-11-22T12:40", {2, 3}));
  advance_to("2026-11-22T12:09");
  const auto minute = [this](auto action) {
    break_table(GetParam());
    action();
    advance(seconds(2));
    mend();
    advance(seconds(31));
  };
  minute([&] { advance_to("2026-11-22T12:10"); });
  advance_to("2026-11-22T12:40");
  minute([&] { starts(0); });
  advance_to("2026-11-22T13:00");
  minute([&] { item_ends(minutes(20), 0); });
  minute([&] { starts(1); });
  advance_to("2026-11-22T13:11");
  minute([&] { item_ends(minutes(10), 1); });
  minute([&] { finishes(); });
  EXPECT_FALSE(ended_);
  EXPECT_THAT(brief("playback.started", {"play", "item"}), ElementsAre("1 0", "2 1"));
  EXPECT_THAT(ended(), ElementsAre("1 completed", "2 completed"));
  EXPECT_THAT(events("session.opened"), SizeIs(1));
  EXPECT_THAT(events("session.frozen"), SizeIs(1));
  EXPECT_THAT(sessions(), ElementsAre("1 ended"));
  EXPECT_THAT(missed(), IsEmpty());
  EXPECT_EQ(rows("on_air"), 0);
}

INSTANTIATE_TEST_SUITE_P(Tables, PlayoutFailureAt,
                         testing::Values("journal", "aired", "on_air", "session", "expected", "playback"));

}  // namespace
}  // namespace edu::scheduler
