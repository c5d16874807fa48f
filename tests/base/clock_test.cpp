#include "base/clock.h"

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"
#include "tests/support/run.h"

namespace edu {
namespace {

constexpr WallTime kNoon = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(12);

struct Waiter {
  bool done = false;
  Wake wake = Wake::due;
};

awaitable<void> wait(Clock& clock, WallTime instant, Waiter& waiter) {
  waiter.wake = co_await clock.until(instant);
  waiter.done = true;
}

TEST(SystemClock, AnInstantThatIsPastIsDueAtOnce) {
  asio::io_context loop;
  SystemClock clock;
  EXPECT_EQ(test::run(loop, clock.until(clock.now() - seconds(5))), Wake::due);
  EXPECT_EQ(test::run(loop, clock.until(WallTime())), Wake::due);
}

TEST(SystemClock, NeverWakesBeforeTheInstant) {
  asio::io_context loop;
  SystemClock clock;
  const auto instant = clock.now() + milliseconds(20);
  test::run(loop, clock.until(instant));
  EXPECT_GE(clock.now(), instant);
}

TEST(SystemClock, IsNotTrustedBeforeTheNewestRecord) {
  SystemClock clock;
  clock.not_before(clock.now() + std::chrono::hours(1));
  if (clock.trust() == ClockTrust::synced) GTEST_SKIP() << "a time service holds this machine's clock";
  EXPECT_EQ(clock.trust(), ClockTrust::untrusted);
}

TEST(ManualClock, WakesWhenTimeHasPassedAndNotBefore) {
  asio::io_context loop;
  test::ManualClock clock(kNoon);
  Waiter waiter;
  asio::co_spawn(loop, wait(clock, kNoon + seconds(10), waiter), asio::detached);
  test::settle(loop);
  clock.advance(milliseconds(9999));
  test::settle(loop);
  EXPECT_FALSE(waiter.done);
  clock.advance(milliseconds(1));
  test::settle(loop);
  EXPECT_TRUE(waiter.done);
  EXPECT_EQ(waiter.wake, Wake::due);
}

TEST(ManualClock, TellsWaitersThatItWasSet) {
  asio::io_context loop;
  test::ManualClock clock(kNoon);
  Waiter waiter;
  asio::co_spawn(loop, wait(clock, kNoon + seconds(10), waiter), asio::detached);
  test::settle(loop);
  clock.set(kNoon - std::chrono::hours(24));
  test::settle(loop);
  EXPECT_TRUE(waiter.done);
  EXPECT_EQ(waiter.wake, Wake::clock_set);
}

}  // namespace
}  // namespace edu
