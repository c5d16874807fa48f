#include "receiver/multicast/carousel.h"

#include <gtest/gtest.h>

namespace edu::multicast {
namespace {

using std::chrono::seconds;

constexpr milliseconds kStart{1'000'000};

// Packets first..last of an object, one a second, from `at` on.
void turn(Carousel& carousel, milliseconds at, std::uint64_t first, std::uint64_t last) {
  for (auto name = first; name <= last; ++name) carousel.saw(name, at + seconds(name - first));
}

TEST(Carousel, KnowsNoPeriodBeforeSomethingCameTwice) {
  Carousel carousel;
  EXPECT_FALSE(carousel.next(kStart, seconds(60)));
  turn(carousel, kStart, 0, 9);
  EXPECT_EQ(carousel.period(), milliseconds(0));
  EXPECT_EQ(carousel.passes(), 0u);
  EXPECT_FALSE(carousel.next(kStart, carousel.period()));
}

TEST(Carousel, MeasuresAPassAndSaysWhenTheNextTurnComes) {
  Carousel carousel;
  turn(carousel, kStart, 0, 9);
  turn(carousel, kStart + seconds(100), 0, 9);
  EXPECT_EQ(carousel.period(), seconds(100));
  EXPECT_EQ(carousel.passes(), 1u);
  const auto soon = carousel.next(kStart + seconds(150), carousel.period());
  ASSERT_TRUE(soon);
  EXPECT_EQ(soon->from, kStart + seconds(200));
  EXPECT_EQ(soon->until, kStart + seconds(209));
}

TEST(Carousel, GoesOnCountingPassesThatNobodyHeard) {
  Carousel carousel;
  turn(carousel, kStart, 0, 9);
  turn(carousel, kStart + seconds(100), 0, 9);
  const auto later = carousel.next(kStart + seconds(350), carousel.period());
  ASSERT_TRUE(later);
  EXPECT_EQ(later->from, kStart + seconds(400));
  const auto now = carousel.next(kStart + seconds(405), carousel.period());  // it should be on the air
  ASSERT_TRUE(now);
  EXPECT_EQ(now->from, kStart + seconds(405));
  EXPECT_EQ(now->until, kStart + seconds(409));
}

TEST(Carousel, OnTheAirExpectsWhatIsMissingWithinAPass) {
  Carousel carousel;
  turn(carousel, kStart, 0, 9);
  turn(carousel, kStart + seconds(10), 0, 4);  // nothing else is sent
  EXPECT_EQ(carousel.period(), seconds(10));
  const auto window = carousel.next(kStart + seconds(14), carousel.period());
  ASSERT_TRUE(window);
  EXPECT_EQ(window->until, kStart + seconds(24));
}

TEST(Carousel, BearsThatARememberedPacketIsLost) {
  Carousel carousel;
  turn(carousel, kStart, 0, 9);
  turn(carousel, kStart + seconds(100), 2, 9);  // 0 and 1 were lost
  turn(carousel, kStart + seconds(198), 0, 9);
  EXPECT_EQ(carousel.period(), seconds(100)) << "2 came at 2 s, 100 s and 200 s; 0 alone would say 198";
}

TEST(Carousel, TakesACopyAtOnceForNoPass) {
  Carousel carousel;
  carousel.saw(1, kStart);
  carousel.saw(1, kStart + milliseconds(3));
  EXPECT_EQ(carousel.period(), milliseconds(0));
  EXPECT_EQ(carousel.passes(), 0u);
}

TEST(Carousel, GivesUpPacketsThatLeftTheCarousel) {
  Carousel carousel;
  turn(carousel, kStart, 0, 9);
  for (int day = 8; day < 12; ++day) turn(carousel, kStart + std::chrono::hours(24 * day), 100, 109);
  EXPECT_EQ(carousel.period(), std::chrono::hours(24));
}

}  // namespace
}  // namespace edu::multicast
