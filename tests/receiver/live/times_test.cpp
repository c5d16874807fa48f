#include "recording.h"

namespace edu::live {
namespace {

Plan plan_of(const char* at, std::int64_t minutes, const char* rrule = "",
             const char* zone = "Asia/Shanghai") {
  Plan plan;
  plan.no = 1;
  plan.channel = "county";
  plan.local_start = local(at);
  plan.minutes = minutes;
  plan.rrule = rrule;
  plan.zone = zone;
  plan.added = shanghai("2026-01-01T00:00");
  return plan;
}

TEST(PlanTimes, AreTheTimetables) {
  const auto weekly = plan_of("2026-11-23T19:30", 45, "FREQ=WEEKLY;COUNT=3");
  const auto all = due({weekly}, shanghai("2026-11-01T00:00"), shanghai("2027-01-31T00:00"));
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[2].start, shanghai("2026-12-07T19:30"));
  EXPECT_EQ(all[2].end, shanghai("2026-12-07T20:15"));
}

TEST(PlanTimes, FollowAChangeOfTheClocks) {
  const auto daily = plan_of("2026-03-28T02:30", 30, "FREQ=DAILY;COUNT=3", "Europe/Berlin");
  const Zone berlin("Europe/Berlin");
  const auto all = due({daily}, shanghai("2026-03-01T00:00"), shanghai("2026-04-30T00:00"));
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(berlin.iso8601(all[0].start), "2026-03-28T02:30:00+01:00");
  EXPECT_EQ(berlin.iso8601(all[1].start), "2026-03-29T03:00:00+02:00");
  EXPECT_EQ(berlin.iso8601(all[2].start), "2026-03-30T02:30:00+02:00");
}

TEST(PlanTimes, LeaveOutWhatWasBegun) {
  auto daily = plan_of("2026-11-23T19:30", 45, "FREQ=DAILY;COUNT=3");
  daily.begun = local("2026-11-24T19:30");
  const auto all = due({daily}, shanghai("2026-11-01T00:00"), shanghai("2027-01-31T00:00"));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].local, local("2026-11-25T19:30"));
}

TEST(PlanTimes, OverlapsAreNamed) {
  auto first = plan_of("2026-11-23T19:30", 45, "FREQ=DAILY");
  first.title = "农技大讲堂";
  auto second = plan_of("2026-11-25T20:00", 30);
  second.no = 2;
  const auto now = shanghai("2026-11-23T08:00");
  const auto refusal = check(second, {first}, now);
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().code, "live.overlap");
  EXPECT_EQ(refusal.error().args.at("title"), "农技大讲堂");
  EXPECT_EQ(refusal.error().args.at("other_start"), "2026-11-25T19:30:00+08:00");
  EXPECT_EQ(refusal.error().kind, Refusal::Kind::conflict);
  second.channel = "province";
  EXPECT_TRUE(check(second, {first}, now));
  EXPECT_EQ(check(plan_of("2026-11-23T19:30", 1441), {}, now).error().code, "live.minutes");
}

}  // namespace
}  // namespace edu::live
