#include "base/child_process.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "tests/support/run.h"

namespace edu {
namespace {

awaitable<std::string> read_all(ChildProcess& child) {
  std::string out;
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await asio::async_read(child.socket(), asio::dynamic_buffer(out), token);
  co_return out;
}

awaitable<std::string> echo(ChildProcess& child, std::string line) {
  co_await asio::async_write(child.socket(), asio::buffer(line), asio::use_awaitable);
  std::string answer;
  co_await asio::async_read_until(child.socket(), asio::dynamic_buffer(answer), '\n', asio::use_awaitable);
  co_return answer;
}

TEST(ChildProcess, TalksOverItsStandardInputAndOutput) {
  asio::io_context loop;
  ChildProcess child(loop.get_executor(), "/bin/cat", {});
  EXPECT_EQ(test::run(loop, echo(child, "你好\n")), "你好\n");
}

TEST(ChildProcess, TellsExitCodeAndSignal) {
  asio::io_context loop;
  ChildProcess three(loop.get_executor(), "/bin/sh", {"-c", "exit 3"});
  const auto exit = test::run(loop, three.exited());
  EXPECT_EQ(exit.code, 3);
  EXPECT_EQ(exit.describe(), "exit 3");

  ChildProcess killed(loop.get_executor(), "/bin/sh", {"-c", "kill -SEGV $$"});
  const auto signalled = test::run(loop, killed.exited());
  EXPECT_EQ(signalled.signal, SIGSEGV);
  EXPECT_FALSE(signalled.clean());
}

TEST(ChildProcess, IsKilledWithItsObject) {
  asio::io_context loop;
  int pid = 0;
  {
    ChildProcess child(loop.get_executor(), "/bin/sleep", {"1000"});
    pid = child.pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(ChildProcess, InheritsNoOtherDescriptor) {
  asio::io_context loop;
  const auto open = ::fcntl(1, F_DUPFD, 50);  // without close-on-exec, as a careless library opens it
  const auto look = "[ -e /proc/$$/fd/" + std::to_string(open) + " ] && echo inherited || echo closed";
  ChildProcess child(loop.get_executor(), "/bin/sh", {"-c", look});
  EXPECT_EQ(test::run(loop, read_all(child)), "closed\n");
  ::close(open);
}

TEST(ChildProcess, ThatIsNotThereIsAnErrorThatNamesIt) {
  asio::io_context loop;
  try {
    ChildProcess child(loop.get_executor(), "/no/such/program", {});
    FAIL();
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find("/no/such/program"), std::string::npos);
  }
}

}  // namespace
}  // namespace edu
