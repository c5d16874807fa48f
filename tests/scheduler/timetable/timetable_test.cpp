#include <gmock/gmock.h>

#include "tests/scheduler/station.h"

namespace edu::scheduler {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class TimetableTest : public Station {
 protected:
  Refusal refused(ProgrammeDraft d) {
    const auto added = test::run(loop_, timetable_->add(std::move(d), "operator"));
    EXPECT_FALSE(added);
    return added ? Refusal{} : added.error();
  }
  Refusal not_cancelled(std::int64_t id, std::optional<LocalTime> when, const char* reason = "停电") {
    const auto done = test::run(loop_, timetable_->cancel(id, when, reason, "operator"));
    EXPECT_FALSE(done);
    return done ? Refusal{} : done.error();
  }
  void cancel(std::int64_t id, std::optional<LocalTime> when = {}) {
    const auto done = test::run(loop_, timetable_->cancel(id, when, "停电", "operator"));
    EXPECT_TRUE(done) << done.error().code;
  }
};

TEST_F(TimetableTest, AddsAProgrammeWithItsEvent) {
  auto d = draft("2026-11-22T19:30", {1, 2}, "FREQ=WEEKLY;COUNT=3");
  d.groups = {"一组"};
  d.exdates = {local("2026-11-29T19:30")};
  const auto programme = add(d);
  EXPECT_EQ(programme.id, 1);
  EXPECT_EQ(programme.zone, "Asia/Shanghai");
  const auto event = events("programme.added").at(0);
  EXPECT_EQ(event.at("local_start"), "2026-11-22T19:30:00");
  EXPECT_EQ(event.at("exdates").as_array().at(0), "2026-11-29T19:30:00");
  EXPECT_EQ(event.at("rundown").as_array().size(), 2u);
  const auto timeline = timetable_->timeline(clock_.now(), 60);
  ASSERT_EQ(timeline.size(), 2u);
  EXPECT_EQ(timeline[1].key(), "P1@2026-12-06T19:30:00");
  EXPECT_EQ(timeline[0].end - timeline[0].start, hours(1));
}

TEST_F(TimetableTest, FindsEverythingAgainAfterARestart) {
  auto d = draft("2026-11-22T19:30", {1, 2}, "FREQ=DAILY");
  d.rdates = {local("2026-11-23T08:00")};
  d.tutor = "张老师";
  add(d);
  add(draft("2026-11-25T08:00"));
  cancel(1, local("2026-11-23T19:30"));
  cancel(2);
  Timetable again(*ledger_, clock_, workers_, kZone);
  again.load(*open_read_only(file_));
  const auto now = clock_.now();
  ASSERT_EQ(again.programmes().size(), 2u);
  EXPECT_EQ(again.find(1)->tutor, "张老师");
  EXPECT_TRUE(again.find(2)->cancelled);
  auto keys = [&](const Timetable& timetable) {
    std::vector<std::string> list;
    for (const auto& one : timetable.timeline(now, 3))
      list.push_back(one.key() + clock_duration(one.end - one.start));
    return list;
  };
  EXPECT_EQ(keys(again), keys(*timetable_));
  EXPECT_THAT(keys(again), ElementsAre("P1@2026-11-22T19:30:0001:00:00", "P1@2026-11-23T08:00:0001:00:00",
                                       "P1@2026-11-24T19:30:0001:00:00"));
}

TEST_F(TimetableTest, RefusesThePastCentury) {
  EXPECT_EQ(refused(draft("1926-11-22T19:30")).code, "scheduler.past_century");
}

TEST_F(TimetableTest, RefusesCoursewareThatIsNotThere) {
  const auto no = refused(draft("2026-11-22T19:30", {1, 99}));
  EXPECT_EQ(no.code, "scheduler.courseware_unknown");
  EXPECT_EQ(no.args.at("no"), "KJ000099");
  auto remove = [](logs::Transaction& t) { return library::mark_removed(t.db, 2, 1), 0; };
  test::run(loop_, ledger_->write(remove));
  EXPECT_EQ(refused(draft("2026-11-22T19:30", {2})).code, "scheduler.courseware_removed");
  EXPECT_THAT(events("programme.added"), IsEmpty());
}

TEST_F(TimetableTest, RefusesAConflictAndLeavesNoTrace) {
  add(draft("2026-11-22T19:30", {1}, "FREQ=DAILY"));
  const auto no = refused(draft("2026-11-30T20:00"));
  EXPECT_EQ(no.code, "scheduler.conflict");
  EXPECT_EQ(no.args.at("other"), "1");
  EXPECT_EQ(rows("programme"), 1);
}

TEST_F(TimetableTest, OfTwoAddsAtOnceForTheSameTimeOneIsRefused) {
  std::vector<std::string> outcomes;
  auto add_one = [&](const char* start) -> awaitable<void> {
    auto d = draft(start);
    const auto result = co_await timetable_->add(std::move(d), "operator");
    outcomes.push_back(result ? "added" : result.error().code);
  };
  asio::co_spawn(loop_, add_one("2026-11-22T19:30"), asio::detached);
  asio::co_spawn(loop_, add_one("2026-11-22T19:40"), asio::detached);
  loop_.restart();
  loop_.run();
  EXPECT_THAT(outcomes, ElementsAre("added", "scheduler.conflict"));
}

TEST_F(TimetableTest, ACancelledProgrammeMakesRoom) {
  add(draft("2026-11-22T19:30", {1}, "FREQ=DAILY"));
  cancel(1, local("2026-11-24T19:30"));
  add(draft("2026-11-24T19:30"));
  EXPECT_EQ(refused(draft("2026-11-25T19:30")).code, "scheduler.conflict");
  cancel(1);
  add(draft("2026-11-25T19:30"));
  EXPECT_THAT(brief("programme.cancelled", {"programme", "local_start", "reason"}),
              ElementsAre("1 2026-11-24T19:30:00 停电", "1  停电"));
}

TEST_F(TimetableTest, RefusesCancellationsThatMeanNothing) {
  add(draft("2026-11-22T19:30", {2}, "FREQ=WEEKLY;COUNT=2"));
  EXPECT_EQ(not_cancelled(9, {}).code, "scheduler.programme_unknown");
  EXPECT_EQ(not_cancelled(1, {}, "").code, "scheduler.text_missing");
  EXPECT_EQ(not_cancelled(1, {}, std::string(kLongestReason + 1, 'x').c_str()).code, "scheduler.text_length");
  const auto no = not_cancelled(1, local("2026-11-23T19:30"));
  EXPECT_EQ(no.code, "scheduler.occurrence_unknown");
  EXPECT_EQ(no.args.at("next"), "2026-11-22T19:30:00");
  cancel(1, local("2026-11-29T19:30"));
  EXPECT_EQ(not_cancelled(1, local("2026-11-29T19:30")).code, "scheduler.occurrence_cancelled");
  clock_.advance(hours(24 * 8));
  EXPECT_EQ(not_cancelled(1, local("2026-11-22T19:30")).code, "scheduler.occurrence_unknown");
  EXPECT_EQ(not_cancelled(1, {}).code, "scheduler.programme_over");
}

TEST_F(TimetableTest, AProgrammeIsCancelledOnce) {
  add(draft("2026-11-22T19:30"));
  cancel(1);
  EXPECT_EQ(not_cancelled(1, {}).code, "scheduler.already_cancelled");
}

TEST_F(TimetableTest, NeedsCoursewareUntilTheLastOccurrenceHasEnded) {
  add(draft("2026-11-22T19:30", {1, 2}));
  EXPECT_THAT(timetable_->needs(2), ElementsAre("1 晚间课堂"));
  EXPECT_THAT(timetable_->needs(3), IsEmpty());
  clock_.advance(at("2026-11-22T20:29") - clock_.now());
  EXPECT_THAT(timetable_->needs(2), ElementsAre("1 晚间课堂"));
  clock_.advance(minutes(2));
  EXPECT_THAT(timetable_->needs(2), IsEmpty());
}

TEST_F(TimetableTest, TheTimelineShowsWhatRunsNow) {
  add(draft("2026-11-22T19:30", {1}));
  clock_.advance(at("2026-11-22T20:00") - clock_.now());
  ASSERT_EQ(timetable_->timeline(clock_.now(), 1).size(), 1u);
  EXPECT_EQ(timetable_->timeline(clock_.now(), 1)[0].number, 1);
  clock_.advance(minutes(10));
  EXPECT_THAT(timetable_->timeline(clock_.now(), 1), IsEmpty());
}

TEST_F(TimetableTest, AFailedWriteLeavesTheTimetableAsItWas) {
  auto fail = [](logs::Transaction& t) {
    t.db.exec("CREATE TRIGGER broken BEFORE INSERT ON programme BEGIN SELECT RAISE(ABORT, 'disk'); END");
    return 0;
  };
  test::run(loop_, ledger_->write(fail));
  EXPECT_THROW(test::run(loop_, timetable_->add(draft("2026-11-22T19:30"), "operator")), SQLite::Exception);
  EXPECT_THAT(timetable_->programmes(), IsEmpty());
  auto mend = [](logs::Transaction& t) { return t.db.exec("DROP TRIGGER broken"), 0; };
  test::run(loop_, ledger_->write(mend));
  EXPECT_EQ(add(draft("2026-11-22T19:30")).id, 1);  // the turn was given back
}

}  // namespace
}  // namespace edu::scheduler
