// Long: every turn that the plan of a recording can take, on one fixture.
#include "recording.h"

namespace edu::live {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST_F(RecordingTest, ByHandUntilItsTimeIsOver) {
  start();
  ASSERT_TRUE(ask(recordings_->start("county", "冬季剪枝", 30, "operator")));
  auto& first = run(0);
  EXPECT_EQ(first.recording().url, "http://me:secret@tv.example/county");
  EXPECT_EQ(first.recording().service, 101);
  EXPECT_EQ(first.recording().since_ms, to_ms(clock_.now()));
  finish(first);
  EXPECT_FALSE(first.asked);
  pass(std::chrono::minutes(30));
  segment(first, "000001.mkv", "media one");
  first.say(progress(9));
  until([&] { return first.asked; });
  first.say(ended("stopped"));
  hand_over_count(1);
  EXPECT_EQ(cell("means"), "live");
  EXPECT_EQ(cell("outcome"), "stored");
  EXPECT_EQ(cell("title"), "冬季剪枝");
  EXPECT_EQ(cell("receiver"), "operator");
  EXPECT_EQ(cell("gaps"), "0");
  EXPECT_EQ(cell("source"), "county · http://tv.example/county");
  EXPECT_EQ(cell("started_ms"), std::to_string(to_ms(shanghai("2026-11-23T19:00"))));
  EXPECT_THAT(left_on_disk(), IsEmpty());
}

TEST_F(RecordingTest, APersonEndsIt) {
  start();
  ASSERT_TRUE(ask(recordings_->start("county", "", 0, "operator")));
  auto& first = run(0);
  EXPECT_EQ(ask(recordings_->stop("province", "operator")).error().code, "live.not_running");
  finish(first);
  pass(std::chrono::minutes(5));
  segment(first, "000001.mkv", "media");
  ASSERT_TRUE(ask(recordings_->stop("county", "operator")));
  first.say(progress(9));
  until([&] { return first.asked; });
  first.say(ended("stopped"));
  hand_over_count(1);
  EXPECT_EQ(cell("title"), "county 2026-11-23 19:00");
  EXPECT_EQ(cell("gaps"), "0");
}

TEST_F(RecordingTest, ALossOfSignalIsCountedInTheRecord) {
  start();
  ASSERT_TRUE(ask(recordings_->start("county", "", 10, "operator")));
  auto& first = run(0);
  finish(first);
  auto opening = progress(0, false);
  opening.segments = 0;
  first.say(opening);
  until([&] { return first.said.empty(); });
  EXPECT_EQ(recordings_->states()[0].state, "receiving");
  first.say(progress(5, false));
  until([&] { return !recordings_->tapes().empty() && recordings_->tapes()[0]->trouble(); });
  EXPECT_EQ(recordings_->states()[0].state, "failing");
  first.say(gap(20'000));
  first.say(gap(5'000));
  first.say(progress(6));
  until([&] { return first.said.empty() && !recordings_->tapes()[0]->trouble(); });
  EXPECT_EQ(recordings_->states()[0].state, "receiving");
  pass(std::chrono::minutes(10));
  segment(first, "000001.mkv", "media");
  first.say(ended("time"));
  hand_over_count(1);
  EXPECT_EQ(cell("gaps"), "2");
  EXPECT_EQ(cell("gap_ms"), "25000");
}

// The channel sent again what it had lost, so the recorder's gaps are more than what is missing.
TEST_F(RecordingTest, GapsAreNoMoreThanWhatIsMissing) {
  start();
  ASSERT_TRUE(ask(recordings_->start("county", "", 10, "operator")));
  auto& first = run(0);
  joined_ms_ = 598'500;  // of ten minutes
  finish(first);
  first.say(gap(2'600));
  first.say(gap(2'500));
  pass(std::chrono::minutes(10));
  segment(first, "000001.mkv", "media");
  first.say(ended("time"));
  hand_over_count(1);
  EXPECT_EQ(cell("gap_ms"), "1500");
}

TEST_F(RecordingTest, ARecorderThatDiesIsStartedAgainWhileTheTimeRuns) {
  start();
  ASSERT_TRUE(ask(recordings_->start("county", "", 10, "operator")));
  finish(run(0));
  run(0).die();
  until([&] { return !runs_[0]->running; });
  pass(seconds(1));
  finish(run(1));
  EXPECT_EQ(run(1).recording().folder, run(0).recording().folder);
  run(1).say("no line of ours");
  until([&] { return !runs_[1]->running; });
  pass(std::chrono::minutes(10));
  until([&] { return rows("live_recording") == 0; });
  EXPECT_THAT(runs_, SizeIs(2)) << "its time was over";
  EXPECT_EQ(receptions(), 1);
}

TEST_F(RecordingTest, OneThatNeverEndsIsKilled) {
  start();
  ASSERT_TRUE(ask(recordings_->start("county", "", 10, "operator")));
  auto& first = run(0);
  finish(first);
  pass(std::chrono::minutes(10));
  first.say(progress(5));
  until([&] { return first.asked; });
  pass(seconds(31));
  first.say(progress(5));
  until([&] { return !first.running; });
  hand_over_count(1);
}

TEST_F(RecordingTest, GoesOnAfterTheStationDied) {
  start();
  ASSERT_TRUE(ask(recordings_->start("county", "剪枝", 10, "operator")));
  finish(run(0));
  run(0).say(gap(3'000));
  until([&] { return runs_[0]->said.empty() && recordings_->tapes()[0]->recording().gaps == 1; });
  const auto folder = run(0).recording().folder;
  until([&] { return sql::number(*reader_, "SELECT gaps FROM live_recording", 0) == 1; });
  end();
  EXPECT_EQ(receptions(), 0);
  pass(std::chrono::minutes(2));
  start();
  auto& again = run(0);
  EXPECT_EQ(again.recording().folder, folder);
  again.say(gap(120'000));
  segment(again, "000002.mkv", " and media");
  pass(std::chrono::minutes(8));
  segment(again, "000002.mkv", " and media");
  again.say(ended("time"));
  hand_over_count(1);
  EXPECT_EQ(cell("gaps"), "2");
  EXPECT_EQ(cell("gap_ms"), "123000");
  EXPECT_EQ(cell("size"), std::to_string(std::string("media and media").size()));
  EXPECT_EQ(cell("started_ms"), std::to_string(to_ms(shanghai("2026-11-23T19:00"))));
}

TEST_F(RecordingTest, WhatThePowerCutLeftIsHandedOverWhenItsTimeIsOver) {
  start();
  ASSERT_TRUE(ask(recordings_->start("county", "", 10, "operator")));
  pass(std::chrono::minutes(4));
  finish(run(0));
  end();
  pass(std::chrono::hours(1));
  start();
  hand_over_count(1);
  EXPECT_THAT(runs_, IsEmpty());
  EXPECT_EQ(cell("outcome"), "stored");
  EXPECT_EQ(cell("gaps"), "1");
  EXPECT_EQ(cell("gap_ms"), "360000");
}

TEST_F(RecordingTest, IsRecordedOnceWhereverThePowerIsCut) {
  start();
  ASSERT_TRUE(ask(recordings_->start("county", "", 10, "operator")));
  finish(run(0));
  pass(std::chrono::minutes(10));
  cut_after_take_ = true;
  run(0).say(ended("time"));
  until([&] { return receptions() == 1; });
  end();
  cut_after_take_ = false;
  start();
  hand_over_count(1);
  pass(std::chrono::minutes(5));
  EXPECT_EQ(receptions(), 1);
  EXPECT_THAT(left_on_disk(), IsEmpty());
}

TEST_F(RecordingTest, GoesOnAfterAWriteThatOurDiskDidNotTake) {
  start();
  ASSERT_TRUE(ask(recordings_->start("county", "", 10, "operator")));
  finish(run(0));
  run(0).say(R"({"refused":"not_written","what":"Input/output error"})");
  until([this] {
    clock_.advance(milliseconds(500));
    return runs_.size() == 2;
  });
  segment(run(1), "000002.mkv", " and media");
  pass(std::chrono::minutes(10));
  run(1).say(ended("time"));
  hand_over_count(1);
  EXPECT_EQ(cell("outcome"), "stored");
  EXPECT_EQ(cell("size"), std::to_string(std::string("media and media").size()));
}

TEST_F(RecordingTest, WhatOurOwnSideFailedIsHandedOverAfterAPowerCut) {
  start();
  ASSERT_TRUE(ask(recordings_->start("county", "", 10, "operator")));
  finish(run(0));
  pass(std::chrono::minutes(10));
  our_fault_ = true;
  run(0).say(ended("time"));
  until([&] { return receptions() == 1; });
  end();
  our_fault_ = false;
  start();
  hand_over_count(2);
  EXPECT_EQ(cell("outcome", 2), "stored");
}

TEST_F(RecordingTest, ByHandNothingBeginsByAClockThatIsNotSet) {
  start();
  clock_.trust(ClockTrust::untrusted);
  EXPECT_EQ(start_refused("county"), "live.clock");
  clock_.trust(ClockTrust::synced);
  EXPECT_TRUE(ask(recordings_->start("county", "", 10, "operator")));
}

TEST_F(RecordingTest, NothingThatCameIsOneRefusedReception) {
  start();
  ASSERT_TRUE(ask(recordings_->start("county", "", 1, "operator")));
  auto line = progress(0, false);
  line.trouble = Refusal{"live.no_service", {{"what", "101"}}, Refusal::Kind::unavailable};
  run(0).say(line);
  until([&] { return runs_[0]->said.empty(); });
  pass(std::chrono::minutes(1));
  run(0).say(ended("time", 0));
  hand_over_count(1);
  EXPECT_EQ(cell("outcome"), "refused");
  EXPECT_EQ(cell("reason_code"), "live.no_service");
  EXPECT_THAT(left_on_disk(), IsEmpty());
}

TEST_F(RecordingTest, WhatCannotBeJoinedIsRecordedAsRefusedAndKept) {
  joins_ = false;
  start();
  ASSERT_TRUE(ask(recordings_->start("county", "", 1, "operator")));
  finish(run(0));
  pass(std::chrono::minutes(1));
  run(0).say(ended("time"));
  until([&] {
    clock_.advance(seconds(2));
    return rows("live_recording") == 0;
  });
  EXPECT_EQ(cell("reason_code"), "live.crashed");
  EXPECT_THAT(left_on_disk(), SizeIs(1));
}

TEST_F(RecordingTest, AChannelThatEndsItselfHasNoGap) {
  start();
  ASSERT_TRUE(ask(recordings_->start("county", "", 60, "operator")));
  finish(run(0));
  run(0).say(ended("finished"));
  hand_over_count(1);
  EXPECT_EQ(cell("gaps"), "0");
}

TEST_F(RecordingTest, AFullDiskEndsItAndTheRestIsAGap) {
  start();
  files_.pretend({1 << 30, 100 << 20});
  ASSERT_TRUE(ask(recordings_->start("county", "", 60, "operator")));
  pass(std::chrono::minutes(10));
  finish(run(0));
  files_.pretend({1 << 30, 1 << 20});
  pass(seconds(20));
  run(0).say(progress(5));
  until([&] { return runs_[0]->asked; });
  run(0).say(ended("stopped"));
  files_.pretend({1 << 30, 100 << 20});
  until([&] {
    clock_.advance(seconds(1));  // which is an event for whoever waits
    return rows("live_recording") == 0;
  });
  EXPECT_EQ(cell("outcome"), "stored");
  EXPECT_EQ(cell("gaps"), "1");
  EXPECT_GT(std::stoll(cell("gap_ms")), 48 * 60'000);
}

TEST_F(RecordingTest, ByHandIsRefusedWithAReason) {
  settings_.at_once = 1;
  start();
  EXPECT_EQ(start_refused("nowhere"), "live.no_channel");
  EXPECT_EQ(start_refused("county", 1441), "live.minutes");
  add(plan("2026-11-23T19:20"));
  EXPECT_EQ(start_refused("county", 30), "live.overlap");
  files_.pretend({1 << 30, 1 << 20});
  EXPECT_EQ(start_refused("county", 10), "library.no_space");
  files_.pretend({1 << 30, 1 << 30});
  const auto until_the_plan = ask(recordings_->start("county", "", 0, "operator"));
  ASSERT_TRUE(until_the_plan);
  EXPECT_EQ(until_the_plan->end_ms, to_ms(shanghai("2026-11-23T19:20")));
  EXPECT_EQ(start_refused("county"), "live.running");
  EXPECT_EQ(start_refused("province"), "live.too_many");
}

TEST_F(RecordingTest, APlanBeginsBeforeItsTimeAndEndsAfterIt) {
  start();
  add(plan("2026-11-23T19:30", 10));
  pass(std::chrono::minutes(29));
  EXPECT_THAT(runs_, IsEmpty());
  pass(seconds(30));
  auto& first = run(0);
  EXPECT_EQ(first.recording().seconds, 30 + 600 + 60 + 1);
  finish(first);
  pass(std::chrono::minutes(11));
  first.say(progress(5));
  until([&] { return first.said.empty(); });
  EXPECT_FALSE(first.asked) << "the post-roll runs";
  pass(seconds(30));
  first.say(ended("time"));
  hand_over_count(1);
  EXPECT_EQ(cell("title"), "课");
  EXPECT_EQ(cell("receiver"), "operator");
}

TEST_F(RecordingTest, AnOccurrenceIsRecordedOnceHoweverTheClockIsSet) {
  start();
  auto daily = plan("2026-11-23T19:30", 10);
  daily.rrule = "FREQ=DAILY";
  add(daily);
  pass(std::chrono::minutes(31));
  finish(run(0));
  clock_.set(shanghai("2026-11-23T19:20"));
  test::settle(loop_);
  ASSERT_TRUE(ask(recordings_->stop("county", "operator")));
  run(0).say(ended("stopped"));
  hand_over_count(1);
  pass(std::chrono::minutes(30));
  EXPECT_THAT(runs_, SizeIs(1));
  pass(std::chrono::hours(23) + std::chrono::minutes(45));
  EXPECT_EQ(run(1).recording().folder.filename(), "2");
  EXPECT_EQ(cell("title"), "课 2026-11-23");
}

TEST_F(RecordingTest, WhatIsJoinedLateHasLostItsBeginning) {
  start();
  add(plan("2026-11-23T19:30", 30));
  clock_.set(shanghai("2026-11-23T19:40"));
  finish(run(0));
  pass(std::chrono::minutes(22));
  segment(run(0), "000001.mkv", "media");
  run(0).say(ended("time"));
  hand_over_count(1);
  EXPECT_EQ(cell("gaps"), "1");
  EXPECT_EQ(cell("gap_ms"), "600000");
}

TEST_F(RecordingTest, WhatWasDueWhileTheStationWasOffIsRecordedAsMissedOnce) {
  start();
  add(plan("2026-11-23T19:30", 30));
  end();
  clock_.advance(std::chrono::hours(2));
  start();
  until([&] { return receptions() == 1; });
  EXPECT_EQ(cell("reason_code"), "live.missed");
  EXPECT_THAT(cell("source"), Not(HasSubstr("secret")));
  end();
  start();
  pass(std::chrono::hours(2));
  EXPECT_EQ(receptions(), 1);
  EXPECT_THAT(runs_, IsEmpty());
}

TEST_F(RecordingTest, NothingBeginsByAClockThatIsNotTrusted) {
  start();
  add(plan("2026-11-23T19:30", 30));
  clock_.trust(ClockTrust::untrusted);
  pass(std::chrono::minutes(35));
  EXPECT_THAT(runs_, IsEmpty());
  clock_.trust(ClockTrust::synced);
  pass(seconds(5));
  run(0);
}

TEST_F(RecordingTest, WhatFollowsAtOnceEndsThePostRollBefore) {
  start();
  add(plan("2026-11-23T19:30", 30));
  add(plan("2026-11-23T20:00", 30));
  pass(std::chrono::minutes(30));
  finish(run(0));
  pass(std::chrono::minutes(29) + seconds(45));
  EXPECT_THAT(runs_, SizeIs(1)) << "no pre-roll in the time of the other";
  pass(seconds(15));
  finish(run(1));
  run(0).say(progress(6));
  until([&] { return runs_[0]->asked; });
  run(0).say(ended("stopped"));
  until([&] { return receptions() == 1; });
  EXPECT_TRUE(runs_[1]->running);
}

TEST_F(RecordingTest, PlansAreKeptAndRemoved) {
  start();
  const auto first = add(plan("2026-11-24T08:00"));
  add(plan("2026-11-24T08:00", 30, "province"));
  end();
  start();
  ASSERT_THAT(recordings_->plans(), SizeIs(2));
  EXPECT_EQ(recordings_->plans()[0].local_start, local("2026-11-24T08:00"));
  EXPECT_EQ(recordings_->next_start(recordings_->plans()[0]), shanghai("2026-11-24T08:00"));
  EXPECT_EQ(recordings_->states()[0].next, shanghai("2026-11-24T08:00"));
  ASSERT_TRUE(ask(recordings_->remove(first.no, "operator")));
  EXPECT_EQ(ask(recordings_->remove(first.no, "operator")).error().code, "live.no_plan");
  EXPECT_EQ(rows("journal WHERE body LIKE '%recording.planned%'"), 2);
  EXPECT_EQ(rows("journal WHERE body LIKE '%recording.removed%'"), 1);
  EXPECT_NE(add(plan("2026-11-24T09:00")).no, first.no);
}

TEST_F(RecordingTest, APlanIsRefusedWithAReason) {
  start();
  add(plan("2026-11-24T08:00", 60));
  EXPECT_EQ(refused(plan("2026-11-24T08:30")), "live.overlap");
  EXPECT_EQ(refused(plan("2026-11-24T08:30", 30, "province")), "");
  EXPECT_EQ(refused(plan("2026-11-24T09:00")), "");
  EXPECT_EQ(refused(plan("2026-11-24T10:00", 0)), "live.minutes");
  EXPECT_EQ(refused(plan("2026-11-24T10:00", 30, "nowhere")), "live.no_channel");
  EXPECT_EQ(refused(plan("2026-11-20T10:00")), "calendar.past_start");
  auto daily = plan("2026-11-24T12:00", 1440);
  daily.rrule = "FREQ=DAILY;BYHOUR=12,18";
  EXPECT_EQ(refused(daily), "live.overlap");
  daily.rrule = "FREQ=FORTNIGHTLY";
  EXPECT_EQ(refused(daily), "calendar.rrule_freq");
}

TEST_F(RecordingTest, AChannelThatIsGoneFromTheSettingsIsHandedOverAsFarAsItCame) {
  start();
  ASSERT_TRUE(ask(recordings_->start("county", "", 60, "operator")));
  finish(run(0));
  end();
  pass(std::chrono::minutes(1));
  start({"province"});
  hand_over_count(1);
  EXPECT_EQ(cell("outcome"), "stored");
  EXPECT_THAT(runs_, IsEmpty());
}

TEST_F(RecordingTest, AFailureOfStorageIsTriedAgain) {
  start();
  ASSERT_TRUE(ask(recordings_->start("county", "", 10, "operator")));
  finish(run(0));
  broken_takes_ = 2;
  pass(std::chrono::minutes(10));
  run(0).say(ended("time"));
  until([&] {
    clock_.advance(seconds(1));  // which is an event for whoever waits
    return rows("live_recording") == 0;
  });
  EXPECT_EQ(broken_takes_, 0);
  EXPECT_EQ(receptions(), 1);
}

TEST_F(RecordingTest, ABeginningThatCannotBeWrittenIsTriedAgainByTheClock) {
  const auto execute = [this](const char* statement) {
    auto unit = [statement](logs::Transaction& t) { return t.db.exec(statement); };
    ask(ledger_.write(unit));
    test::settle(loop_);
  };
  const auto nothing = "SELECT 0";  // answered after all that was asked for before
  start();
  add(plan("2026-11-23T19:30"));
  execute(
      "CREATE TRIGGER broken BEFORE INSERT ON live_recording "
      "BEGIN SELECT RAISE(ABORT, 'the disk is broken'); END");
  pass(std::chrono::minutes(30));
  execute(nothing);
  execute("DROP TRIGGER broken");
  pass(seconds(9));
  execute(nothing);
  EXPECT_TRUE(runs_.empty());
  pass(seconds(1));
  EXPECT_EQ(run(0).recording().folder.filename(), "1");
}

}  // namespace
}  // namespace edu::live
