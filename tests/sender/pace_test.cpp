#include "sender/pace.h"

#include <gtest/gtest.h>

namespace edu::send {
namespace {

using namespace std::chrono_literals;

TEST(TokenBucket, GivesWhatItHoldsAtOnceAndThenTheRate) {
  TokenBucket bucket(1'000'000, 4000, 0ns);
  EXPECT_EQ(bucket.take(4000, 0ns), 0ns);
  EXPECT_EQ(bucket.take(1000, 0ns), 1ms);
  EXPECT_EQ(bucket.take(1000, 1ms), 1ms);
  EXPECT_EQ(bucket.take(1000, 2ms), 1ms);
}

TEST(TokenBucket, ForgetsPausesBeyondItsDepth) {
  TokenBucket bucket(1'000'000, 4000, 0ns);
  EXPECT_EQ(bucket.take(4000, 1h), 0ns);
  EXPECT_EQ(bucket.take(4000, 1h), 4ms);
}

TEST(TokenBucket, LetsABatchThroughThatIsLargerThanItself) {
  TokenBucket bucket(1'000'000, 100, 0ns);
  EXPECT_EQ(bucket.take(10'100, 0ns), 10ms);
  EXPECT_EQ(bucket.take(1000, 10ms), 1ms);
}

TEST(TokenBucket, KeepsTheRateOverManyBatches) {
  TokenBucket bucket(3'000'000, 12'000, 0ns);
  auto now = 0ns;
  for (int i = 0; i < 100'000; ++i) now += bucket.take(11'776, now);
  EXPECT_NEAR(100'000 * 11'776.0 / std::chrono::duration<double>(now).count(), 3e6, 300);
}

}  // namespace
}  // namespace edu::send
