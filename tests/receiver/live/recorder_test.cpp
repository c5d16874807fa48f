#include "recording.h"

namespace edu::live {
namespace {

class RecorderTest : public testing::Test {
 protected:
  // What a program of this text says first.
  std::string first(const std::string& text) {
    const auto program = folder_ / "program";
    std::ofstream(program) << "#!/bin/sh\n" << text << "\n";
    fs::permissions(program, fs::perms::owner_all);
    const auto recorder = launch_record_program(clock_, {}, program)(loop_.get_executor(), "an order");
    const auto line = test::run(loop_, recorder->next());
    return line ? *line : line.error().code;
  }

  test::TempFolder folder_;
  asio::io_context loop_;
  SystemClock clock_;
};

TEST_F(RecorderTest, GetsItsOrderByStandardInputAndNotAsAnArgument) {
  EXPECT_EQ(first("read order; echo \"$# $order\""), "0 an order");
}

TEST_F(RecorderTest, OneThatDiesOrNeverEndsALineIsARefusal) {
  EXPECT_EQ(first("exit 3"), "live.crashed");
  EXPECT_EQ(first("kill -9 $$"), "live.crashed");
  EXPECT_EQ(first("head -c 100000 /dev/zero"), "live.garbage");
  EXPECT_EQ(launch_record_program(clock_, {}, folder_ / "none")(loop_.get_executor(), ""), nullptr);
}

TEST_F(RecorderTest, EndsInGoodOrderWhenItIsAskedTo) {
  const auto program = folder_ / "program";
  std::ofstream(program)
      << "#!/bin/sh\ntrap 'echo bye; exit 0' TERM\necho hello\nwhile :; do sleep 0.1; done\n";
  fs::permissions(program, fs::perms::owner_all);
  const auto recorder = launch_record_program(clock_, {}, program)(loop_.get_executor(), "");
  EXPECT_EQ(test::run(loop_, recorder->next()), "hello");
  recorder->finish();
  EXPECT_EQ(test::run(loop_, recorder->next()), "bye");
}

TEST_F(RecorderTest, OneThatSaysNothingIsGivenUp) {
  test::ManualClock clock(from_ms(0));
  std::ofstream(folder_ / "silent") << "#!/bin/sh\nexec sleep 600\n";
  fs::permissions(folder_ / "silent", fs::perms::owner_all);
  const auto recorder = launch_record_program(clock, {}, folder_ / "silent")(loop_.get_executor(), "");
  std::string code;
  auto done = [&](std::exception_ptr, Result<std::string> line) { code = line.error().code; };
  asio::co_spawn(loop_, recorder->next(), done);
  test::settle(loop_);
  clock.advance(milliseconds(60'000));
  test::run_until(loop_, [&] { return !code.empty(); });
  EXPECT_EQ(code, "live.silent");
}

}  // namespace
}  // namespace edu::live
