#include "base/slots.h"

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
  awaitable<void> hold(Slots& slots, std::size_t who) {
    held_[who].emplace(co_await slots.take());
    order_.push_back(who);
  }
  awaitable<void> lock(std::string digest, std::size_t who) {
    locked_[who].emplace(co_await locks_.lock(digest));
    order_.push_back(who);
  }
  void begin(awaitable<void> task) {
    asio::co_spawn(loop_, std::move(task), asio::detached);
    test::settle(loop_);
  }

  asio::io_context loop_;
  std::optional<Slots::Held> held_[5];
  DigestLocks locks_;
  std::optional<DigestLocks::Held> locked_[5];
  std::vector<std::size_t> order_;
};

TEST_F(TakingTurns, AsManyAsThereAreSlotsAndTheRestInOrder) {
  Slots slots(2);
  for (std::size_t who = 0; who < 5; ++who) begin(hold(slots, who));
  EXPECT_THAT(order_, ElementsAre(0, 1));
  EXPECT_EQ(slots.waiting(), 3u);
  held_[1].reset();
  test::settle(loop_);
  EXPECT_THAT(order_, ElementsAre(0, 1, 2));
  for (auto& held : held_) {
    held.reset();
    test::settle(loop_);
  }
  EXPECT_THAT(order_, ElementsAre(0, 1, 2, 3, 4));
  for (auto& held : held_) held.reset();
  EXPECT_EQ(slots.waiting(), 0u);
}

TEST_F(TakingTurns, WhoStopsWaitingLosesNoSlot) {
  Slots slots(1);
  begin(hold(slots, 0));
  asio::cancellation_signal stop;
  bool ended = false;
  auto done = [&](std::exception_ptr error) { ended = error != nullptr; };
  asio::co_spawn(loop_, hold(slots, 1), asio::bind_cancellation_slot(stop.slot(), done));
  begin(hold(slots, 2));
  stop.emit(asio::cancellation_type::terminal);
  test::settle(loop_);
  EXPECT_TRUE(ended);
  EXPECT_EQ(slots.waiting(), 1u);
  held_[0].reset();
  test::settle(loop_);
  EXPECT_THAT(order_, ElementsAre(0, 2));
  held_[2].reset();  // before the slots go
}

TEST_F(TakingTurns, OnlyTheSameDigestWaits) {
  begin(lock("aa", 0));
  begin(lock("bb", 1));
  begin(lock("aa", 2));
  EXPECT_THAT(order_, ElementsAre(0, 1));
  locked_[0].reset();
  test::settle(loop_);
  EXPECT_THAT(order_, ElementsAre(0, 1, 2));
  locked_[2].reset();
  begin(lock("aa", 3));
  EXPECT_THAT(order_, ElementsAre(0, 1, 2, 3));
}

}  // namespace
}  // namespace edu
