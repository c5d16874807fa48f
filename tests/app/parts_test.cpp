#include "app/parts.h"

#include <stdexcept>

#include <gmock/gmock.h>

#include "tests/support/manual_clock.h"
#include "tests/support/run.h"

namespace edu::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PartsTest : public testing::Test {
 protected:
  // A part that notes what is done with it; `why`: what keeps it from opening.
  void add(const std::string& name, Parts::Need need = Parts::Need::optional, std::string why = "") {
    const auto open = [this, name, why] {
      happened_.push_back("open " + name);
      if (!why.empty()) throw std::runtime_error(why);
    };
    parts_.add({name, need, at_once(open), at_once([this, name] { happened_.push_back("close " + name); })});
  }
  std::vector<std::string> left_out() const {
    std::vector<std::string> out;
    for (const auto& one : parts_.left_out()) out.push_back(one.part + ": " + one.why);
    return out;
  }

  asio::io_context loop_;
  std::vector<std::string> happened_;
  int failures_ = 0;
  Parts parts_{[this] { ++failures_; }};
};

TEST_F(PartsTest, OpenInOrderAndCloseBackwards) {
  for (const auto* name : {"a", "b", "c"}) add(name);
  test::run(loop_, parts_.open());
  test::run(loop_, parts_.close());
  EXPECT_THAT(happened_, ElementsAre("open a", "open b", "open c", "close c", "close b", "close a"));
  EXPECT_THAT(left_out(), IsEmpty());
}

TEST_F(PartsTest, LeaveOutOneThatCannotOpen) {
  add("a");
  add("b", Parts::Need::optional, "no such device");
  add("c");
  test::run(loop_, parts_.open());
  EXPECT_THAT(left_out(), ElementsAre("b: no such device"));
  test::run(loop_, parts_.close());
  EXPECT_THAT(happened_, ElementsAre("open a", "open b", "open c", "close c", "close a"));
  EXPECT_EQ(failures_, 0);
}

TEST_F(PartsTest, OpenLaterWhatCouldNotOpenAtFirst) {
  int tries = 0;
  const auto open = [&] {
    if (++tries < 3) throw std::runtime_error("port 8750 is taken");
  };
  parts_.add(
      {"page", Parts::Need::optional, at_once(open), at_once([this] { happened_.push_back("close page"); })});
  add("b");
  test::run(loop_, parts_.open());
  EXPECT_THAT(left_out(), ElementsAre("page: port 8750 is taken"));
  test::ManualClock clock(from_ms(1'700'000'000'000));
  bool mended = false;
  auto done = [&](std::exception_ptr) { mended = true; };
  asio::co_spawn(loop_, parts_.mend(clock), done);
  test::settle(loop_);
  EXPECT_EQ(tries, 1) << "not at once";
  for (int i = 0; i < 2; ++i) {
    clock.advance(std::chrono::minutes(1));
    test::settle(loop_);
  }
  EXPECT_TRUE(mended);
  EXPECT_THAT(left_out(), IsEmpty());
  test::run(loop_, parts_.close());
  EXPECT_THAT(happened_, ElementsAre("open b", "close page", "close b"));
}

TEST_F(PartsTest, EndTheStartWithoutAVitalOne) {
  add("a");
  add("b", Parts::Need::vital, "no disk");
  add("c");
  EXPECT_THROW(test::run(loop_, parts_.open()), std::runtime_error);
  test::run(loop_, parts_.close());
  EXPECT_THAT(happened_, ElementsAre("open a", "open b", "close a"));
}

TEST_F(PartsTest, GoOnWithoutOneThatFailsLaterUnlessItIsVital) {
  add("a");
  add("b", Parts::Need::vital);
  test::run(loop_, parts_.open());
  parts_.failed("a", "its folder went");
  parts_.failed("a", "again");
  EXPECT_THAT(left_out(), ElementsAre("a: its folder went"));
  EXPECT_EQ(failures_, 0);
  parts_.failed("b", "the end");
  EXPECT_EQ(failures_, 1);
}

TEST_F(PartsTest, CloseTheOthersWhenOneThrows) {
  add("a");
  const auto fail = [] { throw std::runtime_error("too late"); };
  parts_.add({"b", Parts::Need::optional, at_once([] {}), at_once(fail)});
  test::run(loop_, parts_.open());
  test::run(loop_, parts_.close());
  EXPECT_THAT(happened_, ElementsAre("open a", "close a"));
}

TEST_F(PartsTest, OpenNothingMoreOnceTheyCloseAndCloseWhatWasJustOpening) {
  add("a");
  Turns gate;
  auto held = gate.try_take();
  const auto slow = [&]() -> awaitable<void> {
    const auto turn = co_await gate.take();
    happened_.push_back("open slow");
  };
  parts_.add({"slow", Parts::Need::optional, slow, at_once([this] { happened_.push_back("close slow"); })});
  add("b");
  asio::co_spawn(loop_, parts_.open(), asio::detached);
  test::settle(loop_);
  asio::co_spawn(loop_, parts_.close(), asio::detached);
  test::settle(loop_);
  EXPECT_THAT(happened_, ElementsAre("open a"));  // somebody is at work; nothing may be taken from under it
  held.reset();
  test::settle(loop_);
  EXPECT_THAT(happened_, ElementsAre("open a", "open slow", "close slow", "close a"));
}

}  // namespace
}  // namespace edu::app
