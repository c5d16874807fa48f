// Runs coroutines in tests: one io_context, to the end, exceptions passed on.
#pragma once

#include <exception>
#include <optional>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "base/asio.h"

namespace edu::test {

// Runs the loop until `task` is done and gives its value. Throws what it throws.
template <class T>
T run(asio::io_context& loop, awaitable<T> task) {
  std::exception_ptr failure;
  std::optional<T> value;
  auto done = [&](std::exception_ptr error, T result) {
    failure = error;
    if (!error) value.emplace(std::move(result));
    loop.stop();
  };
  asio::co_spawn(loop, std::move(task), done);
  loop.restart();
  loop.run();
  if (failure) std::rethrow_exception(failure);
  if (!value) throw std::logic_error("the task waits for something that never comes");
  return std::move(*value);
}

inline void run(asio::io_context& loop, awaitable<void> task) {
  std::exception_ptr failure;
  bool finished = false;
  auto done = [&](std::exception_ptr error) {
    failure = error;
    finished = true;
    loop.stop();
  };
  asio::co_spawn(loop, std::move(task), done);
  loop.restart();
  loop.run();
  if (failure) std::rethrow_exception(failure);
  if (!finished) throw std::logic_error("the task waits for something that never comes");
}

// Runs whatever is ready and nothing that waits.
inline void settle(asio::io_context& loop) {
  loop.restart();
  loop.poll();
}

}  // namespace edu::test
