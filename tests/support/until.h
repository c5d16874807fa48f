// Waiting for what other threads, processes and the kernel do. The condition is looked at again after each
// event of the loop, and every kLook for what tells nobody that it has happened (a file that a worker
// removes). No test's verdict depends on how long that takes: kPatience only guards against what never comes,
// so that a fault fails a test instead of hanging it.
#pragma once

#include <chrono>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

namespace edu::test {

inline constexpr std::chrono::seconds kPatience{30};
inline constexpr std::chrono::milliseconds kLook{20};

// Runs the loop, one handler at a time, until `holds`; calls `between` each time that it has run. False, and
// a failure of the test, when nothing makes it true within kPatience.
template <class Condition, class Between>
bool run_until(boost::asio::io_context& loop, Condition holds, Between between) {
  const auto over = std::make_shared<bool>(false);  // shared: the guard may be heard after this has ended
  boost::asio::steady_timer guard(loop, kPatience);
  guard.async_wait([over](boost::system::error_code error) { *over = !error; });
  loop.restart();
  while (!holds()) {
    if (*over) {
      ADD_FAILURE() << "what the test waits for does not come";
      return false;
    }
    loop.run_one_for(kLook);
    if (loop.stopped()) loop.restart();
    between();
  }
  return true;
}

template <class Condition>
bool run_until(boost::asio::io_context& loop, Condition holds) {
  return run_until(loop, holds, [] {});
}

}  // namespace edu::test
