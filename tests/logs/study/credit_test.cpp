#include "logs/study/credit.h"

#include <gtest/gtest.h>

namespace edu::logs {
namespace {

std::vector<CoursewarePlay> one(std::vector<PlaySpan> spans) { return {{1, std::move(spans)}}; }

TEST(EffectiveMinutes, AreWhatReallyPlayed) {
  EXPECT_EQ(effective_ms(one({{1000, 0, 600}, {2000, 600, 400}})), 1000);
  EXPECT_EQ(effective_ms(one({})), 0);
}

TEST(EffectiveMinutes, APassageThatPlayedTwiceCountsOnce) {
  EXPECT_EQ(effective_ms(one({{1000, 0, 600}, {2000, 300, 600}})), 900);
  EXPECT_EQ(effective_ms(one({{1000, 0, 600}, {9000, 100, 200}})), 600);
}

TEST(EffectiveMinutes, CoursewareCountsForItself) {
  EXPECT_EQ(effective_ms({{1, {{0, 0, 500}}}, {2, {{500, 0, 500}}}}), 1000);
}

TEST(CreditedMinutes, ArePresenceMetWithPlaying) {
  const auto plays = one({{10'000, 0, 5'000}});
  EXPECT_EQ(credited_ms(plays, {{0, 20'000}}), 5'000);
  EXPECT_EQ(credited_ms(plays, {{12'000, 13'000}}), 1'000);
  EXPECT_EQ(credited_ms(plays, {{0, 10'000}}), 0);
  EXPECT_EQ(credited_ms(plays, {{15'000, 99'000}}), 0);
  EXPECT_EQ(credited_ms(plays, {}), 0);
}

TEST(CreditedMinutes, ComingAndGoingAddsUp) {
  EXPECT_EQ(credited_ms(one({{10'000, 0, 5'000}}), {{9'000, 11'000}, {14'000, 16'000}}), 2'000);
}

TEST(CreditedMinutes, ARepeatSeenTwiceCountsOnceButARepeatSeenForTheFirstTimeCounts) {
  const auto twice = one({{10'000, 0, 5'000}, {20'000, 0, 5'000}});
  EXPECT_EQ(credited_ms(twice, {{0, 99'000}}), 5'000);
  EXPECT_EQ(credited_ms(twice, {{20'000, 99'000}}), 5'000);
  EXPECT_EQ(credited_ms(twice, {{12'000, 22'000}}), 5'000);  // its end, then its beginning
}

TEST(CreditedMinutes, NobodyIsCreditedForAPause) {
  EXPECT_EQ(credited_ms(one({{10'000, 0, 1'000}, {20'000, 1'000, 1'000}}), {{11'000, 20'000}}), 0);
}

}  // namespace
}  // namespace edu::logs
