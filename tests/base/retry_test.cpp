#include "base/retry.h"

#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"
#include "tests/support/run.h"

namespace edu {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

TEST(BackOff, DoublesUpToItsBound) {
  const BackOff back_off{seconds(1), seconds(60)};
  EXPECT_EQ(back_off.after(1), seconds(1));
  EXPECT_EQ(back_off.after(3), seconds(4));
  EXPECT_EQ(back_off.after(7), seconds(60));
  EXPECT_EQ(back_off.after(1000), seconds(60));
  EXPECT_EQ(back_off.after(0), seconds(1));
}

TEST(BackOff, IsSpreadByChance) {
  const BackOff back_off{milliseconds(1000), milliseconds(60'000)};
  EXPECT_EQ(back_off.after(1, 0.5), milliseconds(1000));
  EXPECT_EQ(back_off.after(1, 0.0), milliseconds(500));
  EXPECT_EQ(back_off.after(3, 0.5), milliseconds(4000));
  EXPECT_LT(back_off.after(9, 0.999), milliseconds(90'000));
}

class RetryTest : public testing::Test {
 protected:
  awaitable<void> work() {
    ++attempts_;
    if (works_) retry_.works();
    if (attempts_ <= failing_) throw std::runtime_error("broken");
    co_return;
  }
  awaitable<void> go_on() {
    bool done = false;
    while (!done) done = co_await retry_.attempt(work());
  }
  // What swallows its own cancellation, as a library may.
  awaitable<void> swallow() {
    try {
      co_await clock_.pause(seconds(1000));
    } catch (const std::exception&) {
      swallowed_ = true;
    }
  }
  awaitable<void> look_for_failure() {
    failure_ = co_await failure_of(swallow());
    looked_ = true;
  }
  awaitable<void> look_at_tidy_work() {
    failure_ = co_await failure_of(with_clean_up(go_on(), clean_up()));
    looked_ = true;
  }
  awaitable<void> clean_up() {
    co_await clock_.pause(seconds(3));
    cleaned_ = true;
  }
  void start(awaitable<void> task) {
    auto done = [this](std::exception_ptr error) { ended_ = error ? "thrown" : "done"; };
    asio::co_spawn(loop_, std::move(task), asio::bind_cancellation_slot(stop_.slot(), done));
    test::settle(loop_);
  }
  void advance(milliseconds span) {
    clock_.advance(span);
    test::settle(loop_);
  }

  asio::io_context loop_;
  test::ManualClock clock_{WallTime()};
  std::vector<std::string> heard_;
  Retry retry_{clock_, "test", BackOff{seconds(2), seconds(6)},
               [this](const std::string& what) { heard_.push_back(what); }};
  asio::cancellation_signal stop_;
  int attempts_ = 0, failing_ = 0;
  bool cleaned_ = false, works_ = false, swallowed_ = false, looked_ = false;
  std::optional<std::string> failure_;
  std::string ended_;
};

TEST_F(RetryTest, GoesOnUntilItWorksAndWaitsLongerEachTime) {
  failing_ = 4;
  start(go_on());
  std::vector<int> after;
  for (const auto wait : {2, 4, 6, 6}) {
    advance(seconds(wait) - milliseconds(1));
    after.push_back(attempts_);
    advance(milliseconds(1));
  }
  EXPECT_THAT(after, ElementsAre(1, 2, 3, 4));  // and not one sooner
  EXPECT_EQ(attempts_, 5);
  EXPECT_EQ(ended_, "done");
  EXPECT_THAT(heard_, ElementsAre("broken", "broken", "broken", "broken"));
}

TEST_F(RetryTest, WaitsShortlyAgainOnceItHasWorked) {
  failing_ = 10;
  start(go_on());
  advance(seconds(2));
  works_ = true;
  advance(seconds(4));
  EXPECT_EQ(attempts_, 3);
  advance(seconds(2));
  EXPECT_EQ(attempts_, 4);
  stop_.emit(asio::cancellation_type::terminal);
  test::settle(loop_);
}

TEST_F(RetryTest, CancellationEndsTheWaitAndIsNoFailure) {
  failing_ = 10;
  start(go_on());
  stop_.emit(asio::cancellation_type::terminal);
  test::settle(loop_);
  EXPECT_EQ(ended_, "thrown");
  EXPECT_EQ(heard_.size(), 1u);
}

TEST_F(RetryTest, CancellationGetsThroughWorkThatSwallowsIt) {
  start(look_for_failure());
  stop_.emit(asio::cancellation_type::terminal);
  test::settle(loop_);
  EXPECT_TRUE(swallowed_);
  EXPECT_FALSE(looked_);
  EXPECT_EQ(ended_, "thrown");
}

TEST_F(RetryTest, AnEndByCancellationIsNoFailureOfWorkThatCleansUp) {
  failing_ = 10;
  start(look_at_tidy_work());
  stop_.emit(asio::cancellation_type::terminal);
  test::settle(loop_);
  advance(seconds(3));
  EXPECT_TRUE(cleaned_);
  EXPECT_FALSE(looked_);
  EXPECT_EQ(ended_, "thrown");
}

TEST_F(RetryTest, CleaningUpIsDoneInSpiteOfCancellation) {
  failing_ = 10;
  start(with_clean_up(go_on(), clean_up()));
  stop_.emit(asio::cancellation_type::terminal);
  test::settle(loop_);
  EXPECT_EQ(ended_, "");
  advance(seconds(3));
  EXPECT_TRUE(cleaned_);
  EXPECT_EQ(ended_, "thrown");
}

TEST_F(RetryTest, CleaningUpFollowsWorkThatEndsWell) {
  start(with_clean_up(work(), clean_up()));
  advance(seconds(3));
  EXPECT_TRUE(cleaned_);
  EXPECT_EQ(ended_, "done");
}

}  // namespace
}  // namespace edu
