#include "base/turns.h"

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/run.h"

namespace edu {
namespace {

using testing::ElementsAre;

class TakingTurns : public testing::Test {
 protected:
  awaitable<void> hold(Turns& turns, std::size_t who) {
    held_[who].emplace(co_await turns.take());
    order_.push_back(who);
  }
  awaitable<void> hold(std::string key, std::size_t who) {
    held_[who].emplace(co_await keyed_.take(key));
    order_.push_back(who);
  }
  void begin(awaitable<void> task) {
    asio::co_spawn(loop_, std::move(task), asio::detached);
    test::settle(loop_);
  }

  asio::io_context loop_;
  std::optional<Turns::Turn> held_[5];
  KeyedTurns keyed_;
  std::vector<std::size_t> order_;
};

TEST_F(TakingTurns, WithoutWaitingOnlyWhereOneIsFree) {
  Turns turns;
  auto turn = turns.try_take();
  ASSERT_TRUE(turn);
  EXPECT_FALSE(turns.try_take());
  turn.reset();
  EXPECT_TRUE(turns.try_take());
}

TEST_F(TakingTurns, AsManyAsMayAtOnceAndTheOthersInOrder) {
  Turns turns(2);
  for (std::size_t who = 0; who < 5; ++who) begin(hold(turns, who));
  EXPECT_THAT(order_, ElementsAre(0, 1));
  EXPECT_EQ(turns.waiting(), 3u);
  held_[1].reset();
  test::settle(loop_);
  EXPECT_THAT(order_, ElementsAre(0, 1, 2));
  for (auto& held : held_) {
    held.reset();
    test::settle(loop_);
  }
  EXPECT_THAT(order_, ElementsAre(0, 1, 2, 3, 4));
  for (auto& held : held_) held.reset();
  EXPECT_EQ(turns.waiting(), 0u);
}

TEST_F(TakingTurns, WhoStopsWaitingLosesNoTurn) {
  Turns turns(1);
  begin(hold(turns, 0));
  asio::cancellation_signal stop;
  bool ended = false;
  auto done = [&](std::exception_ptr error) { ended = error != nullptr; };
  asio::co_spawn(loop_, hold(turns, 1), asio::bind_cancellation_slot(stop.slot(), done));
  begin(hold(turns, 2));
  stop.emit(asio::cancellation_type::terminal);
  test::settle(loop_);
  EXPECT_TRUE(ended);
  EXPECT_EQ(turns.waiting(), 1u);
  held_[0].reset();
  test::settle(loop_);
  EXPECT_THAT(order_, ElementsAre(0, 2));
}

// The turn falls to a waiter in the same pass of the loop in which the waiter is cancelled.
TEST_F(TakingTurns, ATurnOfOneWhoIsCancelledPassesOn) {
  Turns turns;
  begin(hold(turns, 0));
  asio::cancellation_signal stop;
  std::exception_ptr failure;
  auto done = [&](std::exception_ptr error) { failure = error; };
  asio::co_spawn(loop_, hold(turns, 1), asio::bind_cancellation_slot(stop.slot(), done));
  begin(hold(turns, 2));
  stop.emit(asio::cancellation_type::terminal);  // heard by the coroutine in the loop's next pass
  held_[0].reset();
  test::settle(loop_);
  EXPECT_TRUE(failure);
  EXPECT_THAT(order_, ElementsAre(0, 2));
}

TEST_F(TakingTurns, ATurnMayOutliveTheTurns) {
  auto turns = std::make_unique<Turns>();
  begin(hold(*turns, 0));
  begin(hold(*turns, 1));
  turns.reset();
  held_[0].reset();
  test::settle(loop_);
  EXPECT_THAT(order_, ElementsAre(0, 1));
}

TEST_F(TakingTurns, OnlyTheSameKeyWaits) {
  begin(hold("aa", 0));
  begin(hold("bb", 1));
  begin(hold("aa", 2));
  EXPECT_THAT(order_, ElementsAre(0, 1));
  held_[0].reset();
  test::settle(loop_);
  EXPECT_THAT(order_, ElementsAre(0, 1, 2));
  held_[2].reset();
  begin(hold("aa", 3));
  EXPECT_THAT(order_, ElementsAre(0, 1, 2, 3));
}

}  // namespace
}  // namespace edu
