#include "logs/study/credit.h"

#include <gtest/gtest.h>

namespace edu::logs {
namespace {

using Spans = std::vector<PlaySpan>;

TEST(EffectiveMinutes, AreWhatReallyPlayed) {
  EXPECT_EQ(effective_ms(Spans{{1000, 0, 600}, {2000, 600, 400}}), 1000);
  EXPECT_EQ(effective_ms(Spans{}), 0);
}

// Records of before positions were counted through: a DVD title whose clock begins again at each chapter.
TEST(EffectiveMinutes, CountWhateverTheTimeStampsDo) {
  EXPECT_EQ(effective_ms(Spans{{0, 0, 12'000}, {12'000, 0, 12'000}, {24'000, 0, 12'000}}), 36'000);
}

TEST(CreditedMinutes, ArePresenceMetWithPlaying) {
  const Spans plays{{10'000, 0, 5'000}};
  EXPECT_EQ(credited_ms(plays, {{0, 20'000}}), 5'000);
  EXPECT_EQ(credited_ms(plays, {{12'000, 13'000}}), 1'000);
  EXPECT_EQ(credited_ms(plays, {{0, 10'000}}), 0);
  EXPECT_EQ(credited_ms(plays, {{15'000, 99'000}}), 0);
  EXPECT_EQ(credited_ms(plays, {}), 0);
}

TEST(CreditedMinutes, ComingAndGoingAddsUp) {
  EXPECT_EQ(credited_ms(Spans{{10'000, 0, 5'000}}, {{9'000, 11'000}, {14'000, 16'000}}), 2'000);
}

TEST(CreditedMinutes, NobodyIsThereTwice) {
  EXPECT_EQ(credited_ms(Spans{{10'000, 0, 5'000}}, {{0, 12'000}, {11'000, 13'000}, {5'000, 6'000}}), 3'000);
}

TEST(CreditedMinutes, ACourseThatPlaysTwiceCountsByTheClock) {
  const Spans twice{{10'000, 0, 5'000}, {20'000, 0, 5'000}};
  EXPECT_EQ(credited_ms(twice, {{0, 99'000}}), 10'000);
  EXPECT_EQ(credited_ms(twice, {{20'000, 99'000}}), 5'000);
}

TEST(CreditedMinutes, NobodyIsCreditedForAPause) {
  EXPECT_EQ(credited_ms(Spans{{10'000, 0, 1'000}, {20'000, 1'000, 1'000}}, {{11'000, 20'000}}), 0);
}

TEST(Presence, TakesAMinuteOrAQuarterOfWhatPlayed) {
  EXPECT_FALSE(is_present(0, 0, 0, 60'000));
  EXPECT_FALSE(is_present(59'999, 2'400'000, 0, 60'000));
  EXPECT_TRUE(is_present(60'000, 2'400'000, 0, 60'000));
  EXPECT_FALSE(is_present(900, 4'000, 0, 60'000));
  EXPECT_TRUE(is_present(1'000, 4'000, 0, 60'000));
  EXPECT_FALSE(is_present(60'000, 2'400'000, 50, 60'000));
}

TEST(Presence, OfARecordFromBeforeTakesAnything) { EXPECT_TRUE(is_present(1, 2'400'000, 0, 0)); }

}  // namespace
}  // namespace edu::logs
