#include "base/child_lines.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <signal.h>

#include "tests/support/manual_clock.h"
#include "tests/support/run.h"

namespace edu {
namespace {

constexpr milliseconds kSilence{5'000};
const ChildEndCodes kCodes{"closed", "too_long", "silent"};

class ChildLinesTest : public testing::Test {
 protected:
  void says(const std::string& script, std::size_t longest = 100) {
    child_ = start_child("test", loop_.get_executor(), "/bin/sh", {"-c", script});
    lines_.emplace(clock_, *child_, ChildLines::Bounds{longest, kSilence});
  }
  std::string next() {
    const auto line = test::run(loop_, lines_->next());
    return line ? *line : end_of(line.error());
  }
  static std::string end_of(const ChildEnd& end) {
    const auto refusal = refusal_of(end, kCodes);
    std::string out = "[" + refusal.code + "]";
    for (const auto& [name, value] : refusal.args) out += " " + name + "=" + value;
    return out;
  }

  asio::io_context loop_;
  test::ManualClock clock_{WallTime()};
  std::unique_ptr<ChildProcess> child_;
  std::optional<ChildLines> lines_;
};

TEST_F(ChildLinesTest, ComeOneAfterTheOtherAndThenTheExitStatus) {
  says("printf 'one\\n\\ntwo\\nhalf'; exit 3");
  EXPECT_EQ(next(), "one");
  EXPECT_EQ(next(), "");
  EXPECT_EQ(next(), "two");
  EXPECT_EQ(next(), "[closed] how=exit 3");
}

TEST_F(ChildLinesTest, ThatHaveNoEndEndTheProcess) {
  says("yes | tr -d '\\n'");
  EXPECT_EQ(next(), "[too_long]");
  EXPECT_EQ(test::run(loop_, child_->exited()).signal, SIGKILL);  // may be asked again
}

TEST_F(ChildLinesTest, MayBeAsLongAsTheBoundWithTheirNewline) {
  says("echo 1234", 5);
  EXPECT_EQ(next(), "1234");
  says("echo 12345", 5);
  EXPECT_EQ(next(), "[too_long]");
}

TEST_F(ChildLinesTest, AreWaitedForAsLongAsTheClockSays) {
  says("exec sleep 1000");
  std::string end;
  auto done = [&](std::exception_ptr, const auto& line) { end = line ? *line : end_of(line.error()); };
  asio::co_spawn(loop_, lines_->next(), done);
  test::settle(loop_);
  clock_.advance(kSilence - milliseconds(1));
  test::settle(loop_);
  EXPECT_EQ(end, "");
  clock_.advance(milliseconds(1));
  loop_.restart();
  loop_.run();
  EXPECT_EQ(end, "[silent] seconds=5");
}

TEST_F(ChildLinesTest, OfAProcessThatClosesItsOutputAndLivesOnEndIt) {
  says("exec </dev/null >/dev/null; sleep 1000");
  EXPECT_EQ(next().substr(0, 8), "[closed]");
}

TEST_F(ChildLinesTest, CancellationThrowsAndTheProcessIsLeftAlone) {
  says("exec sleep 1000");
  asio::cancellation_signal stop;
  bool thrown = false;
  auto done = [&](std::exception_ptr error, const auto&) { thrown = error != nullptr; };
  asio::co_spawn(loop_, lines_->next(), asio::bind_cancellation_slot(stop.slot(), done));
  test::settle(loop_);
  stop.emit(asio::cancellation_type::terminal);
  test::settle(loop_);
  EXPECT_TRUE(thrown);
  EXPECT_EQ(::kill(child_->pid(), 0), 0);
}

TEST(StartChild, AnswersNothingWhenThereIsNoSuchProgram) {
  asio::io_context loop;
  EXPECT_EQ(start_child("test", loop.get_executor(), "/no/such/program", {}), nullptr);
}

}  // namespace
}  // namespace edu
