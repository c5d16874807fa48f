#include "calendar/schedule.h"

#include <gtest/gtest.h>

#include "calendar/zone.h"

namespace edu::calendar {
namespace {

using std::chrono::minutes;

LocalTime at(const char* text) { return parse_local_time(text).value(); }
WallTime shanghai(const char* text) { return Zone("Asia/Shanghai").to_utc(at(text)); }

Schedule schedule(const char* first, const char* rule = "", const char* zone = "Asia/Shanghai") {
  Schedule out;
  out.first = at(first);
  out.rrule = rule;
  out.zone = zone;
  return out;
}
Planned planned(std::int64_t no, const char* first, minutes length, const char* rule = "") {
  return {no, schedule(first, rule), length};
}

const WallTime kNow = shanghai("2026-11-01T00:00");

// "2 20:00 x 1 19:30" of two on one day in Shanghai; empty: none.
std::string conflict_of(const Planned& wanted, const std::vector<Planned>& others) {
  const auto found = find_conflict(wanted, others, kNow);
  if (!found) return "";
  const Zone zone("Asia/Shanghai");
  auto text = [&](const Interval& one) {
    return std::to_string(one.no) + " " + to_string(zone.to_local(one.start)).substr(0, 16);
  };
  return text(found->wanted) + " x " + text(found->with);
}

TEST(Conflict, NamesBothOccurrences) {
  const auto evening = planned(1, "2026-11-22T19:30", minutes(40), "FREQ=DAILY");
  for (const auto* start : {"2026-11-25T20:00", "2026-11-25T19:15", "2026-11-25T19:30"})
    EXPECT_EQ(conflict_of(planned(2, start, minutes(20)), {evening}),
              "2 " + std::string(start) + " x 1 2026-11-25T19:30");
}

TEST(Conflict, BackToBackIsNone) {
  const auto evening = planned(1, "2026-11-22T19:30", minutes(40));
  EXPECT_EQ(conflict_of(planned(2, "2026-11-22T20:10", minutes(20)), {evening}), "");
  EXPECT_EQ(conflict_of(planned(3, "2026-11-22T19:10", minutes(20)), {evening}), "");
}

TEST(Conflict, SeesALongOneBehindAShortOne) {
  EXPECT_EQ(conflict_of(planned(3, "2026-11-23T07:00", minutes(20)),
                        {planned(1, "2026-11-22T08:00", minutes(23 * 60 + 30)),
                         planned(2, "2026-11-22T12:00", minutes(20))}),
            "3 2026-11-23T07:00 x 1 2026-11-22T08:00");
}

TEST(Conflict, SeesWhatOverlapsItself) {
  EXPECT_EQ(conflict_of(planned(1, "2026-11-22T09:00", minutes(40), "FREQ=DAILY;BYHOUR=9;BYMINUTE=0,30"), {}),
            "1 2026-11-22T09:30 x 1 2026-11-22T09:00");
}

TEST(Conflict, IsTheFirstOfTwo) {
  const std::vector<Interval> wanted{{1, kNow, kNow + minutes(10)},
                                     {1, kNow + minutes(60), kNow + minutes(70)}};
  const std::vector<Interval> others{{2, kNow + minutes(5), kNow + minutes(15)},
                                     {3, kNow + minutes(65), kNow + minutes(75)}};
  EXPECT_EQ(find_conflict(wanted, others), (Conflict{wanted[0], others[0]}));
}

TEST(Conflict, IsToldInTheZoneOfTheSchedule) {
  const auto berlin = schedule("2026-11-22T19:30", "", "Europe/Berlin");
  const Conflict conflict{{1, kNow, kNow + minutes(10)}, {2, kNow, kNow + minutes(20)}};
  EXPECT_EQ(conflict_args(conflict, berlin),
            (std::map<std::string, std::string>{{"start", "2026-10-31T17:00:00+01:00"},
                                                {"end", "2026-10-31T17:10:00+01:00"},
                                                {"other_start", "2026-10-31T17:00:00+01:00"},
                                                {"other_end", "2026-10-31T17:20:00+01:00"}}));
}

std::string refused(const Schedule& one) {
  const auto good = check(one, kNow);
  return good ? "" : good.error().code;
}

TEST(Schedule, IsCheckedWithWhatWouldBeRight) {
  EXPECT_EQ(refused(schedule("2026-11-22T19:30", "FREQ=DAILY")), "");
  EXPECT_EQ(refused(schedule("2026-11-22T19:30", "", "Mars/Olympus")), "calendar.zone_unknown");
  EXPECT_EQ(refused(schedule("2026-11-22T19:30", "", std::string(1000, 'x').c_str())),
            "calendar.zone_unknown");
  EXPECT_EQ(refused(schedule("2026-11-22T19:30", "FREQ=SECONDLY")), "calendar.rrule_freq");
  EXPECT_EQ(refused(schedule("2026-11-22T19:30", "FREQ=WEEKLY;BYDAY=MO")), "calendar.start_not_in_rule");
  EXPECT_EQ(refused(schedule("2026-10-22T19:30")), "calendar.past_start");
  EXPECT_EQ(refused(schedule("2026-10-22T19:30", "FREQ=DAILY;COUNT=3")), "calendar.past_rule");
  EXPECT_EQ(refused(schedule("2032-11-20T11:00")), "calendar.too_far");
  auto with_exception = schedule("2026-11-22T19:30", "FREQ=DAILY");
  with_exception.except = {at("2026-11-23T19:31")};
  EXPECT_EQ(refused(with_exception), "calendar.exdate_none");
}

// Each exception used to be looked for by a walk of its own from the rule's start.
TEST(Schedule, ManyExceptionsOfARuleThatCountsAreOneWalk) {
  Recurrence recurrence{at("2026-01-01T06:00"), Rule::parse("FREQ=DAILY;COUNT=10000").value(), {}, {}};
  for (int day = 0; day < 366; ++day)
    recurrence.except.insert(recurrence.first + std::chrono::days(9'600 + day));
  EXPECT_FALSE(never_given(recurrence));
  recurrence.except.insert(recurrence.first + std::chrono::hours(9'700 * 24 + 1));
  EXPECT_EQ(never_given(recurrence), recurrence.first + std::chrono::hours(9'700 * 24 + 1));
  recurrence.extra = {recurrence.first + std::chrono::hours(9'700 * 24 + 1)};
  EXPECT_FALSE(never_given(recurrence));
  recurrence.except.insert(recurrence.first + std::chrono::days(10'000));
  EXPECT_EQ(never_given(recurrence), recurrence.first + std::chrono::days(10'000)) << "behind the last";
  recurrence.rule = Rule::parse("FREQ=WEEKLY").value();
  recurrence.except = {recurrence.first + std::chrono::days(7 * 5000)};
  EXPECT_FALSE(never_given(recurrence)) << "centuries ahead";
}

TEST(Schedule, StartsNothingBeforeItWasAdded) {
  auto daily = schedule("2026-11-20T08:00", "FREQ=DAILY;COUNT=3");
  daily.added = shanghai("2026-11-21T08:00");
  const auto found = starts(daily, kNow, kNow + std::chrono::days(60));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].local, at("2026-11-21T08:00"));
  EXPECT_EQ(found[0].at, shanghai("2026-11-21T08:00"));
  EXPECT_EQ(next_start(daily, kNow), shanghai("2026-11-21T08:00"));
}

TEST(Schedule, ThatThisMachineCannotReadGivesNothing) {
  for (const auto& one :
       {schedule("2026-11-22T19:30", "", "Mars/Olympus"), schedule("2026-11-22T19:30", "FREQ=NEVER")}) {
    EXPECT_TRUE(starts(one, kNow, kNow + std::chrono::days(60)).empty());
    EXPECT_EQ(next_start(one, kNow), std::nullopt);
  }
}

}  // namespace
}  // namespace edu::calendar
