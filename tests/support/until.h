// Waiting for what other threads or processes do: for an answer that becomes right, with a limit that only a
// fault reaches.
#pragma once

#include <chrono>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace edu::test {

// Runs the loop until `holds`, calling `between` each time that it has run. What never comes fails the test
// instead of hanging it.
template <class Condition, class Between>
void run_until(boost::asio::io_context& loop, Condition holds, Between between) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  loop.restart();
  while (!holds()) {
    ASSERT_LT(std::chrono::steady_clock::now(), end) << "what the test waits for does not come";
    loop.run_one_for(std::chrono::milliseconds(20));
    if (loop.stopped()) loop.restart();
    between();
  }
}

template <class Condition>
void run_until(boost::asio::io_context& loop, Condition holds) {
  run_until(loop, holds, [] {});
}

}  // namespace edu::test
