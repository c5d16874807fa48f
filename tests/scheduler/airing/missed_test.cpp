#include "scheduler/airing/missed.h"

#include <gtest/gtest.h>

namespace edu::scheduler {
namespace {

using std::chrono::minutes;

const WallTime kStart = from_ms(1'795'000'000'000);
constexpr StartRules kRules{seconds(5), seconds(2)};

Moment at(milliseconds after_start, ClockTrust trust = ClockTrust::synced, bool deck_up = true,
          milliseconds up_for = minutes(60)) {
  return {kStart + after_start, trust, up_for, deck_up};
}

TEST(Missed, AStartMayBeLateByTheLimitAndNoMore) {
  EXPECT_TRUE(may_start(kStart, kStart - minutes(1), kRules));
  EXPECT_TRUE(may_start(kStart, kStart + seconds(2), kRules));
  EXPECT_FALSE(may_start(kStart, kStart + seconds(2) + milliseconds(1), kRules));
  EXPECT_EQ(last_chance(kStart, kRules), kStart + seconds(2));
}

TEST(Missed, AfterAnInterruptionAnItemMayBeginHalfItsLengthLateOrFiveMinutes) {
  const auto due = [](milliseconds length, milliseconds late) {
    return is_still_due(kStart, length, kStart + late, kRules.late_limit);
  };
  EXPECT_TRUE(due(seconds(20), seconds(10)));
  EXPECT_FALSE(due(seconds(20), seconds(11)));
  EXPECT_TRUE(due(minutes(40), minutes(5)));
  EXPECT_FALSE(due(minutes(40), minutes(6)));
  EXPECT_TRUE(due(seconds(1), seconds(2)));
  EXPECT_TRUE(due(minutes(40), -minutes(5)));
}

TEST(Missed, AnArmedOrderStaysFromItsPreloadToItsLastChance) {
  EXPECT_TRUE(may_stay_armed(kStart, at(-seconds(5)), kRules));
  EXPECT_TRUE(may_stay_armed(kStart, at(-seconds(6)), kRules));  // the clock is slewed a little
  EXPECT_FALSE(may_stay_armed(kStart, at(-milliseconds(6001)), kRules));
  EXPECT_TRUE(may_stay_armed(kStart, at(seconds(2)), kRules));
  EXPECT_FALSE(may_stay_armed(kStart, at(milliseconds(2001)), kRules));
  EXPECT_FALSE(may_stay_armed(kStart, at(seconds(0), ClockTrust::untrusted), kRules));
  EXPECT_TRUE(may_stay_armed(kStart, at(seconds(0), ClockTrust::holdover), kRules));
}

TEST(Missed, TheFirstReasonThatHoldsIsTold) {
  EXPECT_STREQ(why_missed(kStart, at(minutes(61), ClockTrust::untrusted, false)), "off");
  EXPECT_STREQ(why_missed(kStart, at(minutes(60), ClockTrust::untrusted, false)), "clock");
  EXPECT_STREQ(why_missed(kStart, at(seconds(3), ClockTrust::synced, false)), "deck");
  EXPECT_STREQ(why_missed(kStart, at(seconds(3))), "late");
}

}  // namespace
}  // namespace edu::scheduler
