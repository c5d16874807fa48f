// What another thread answers by calling back, for a coroutine on the loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/asio.h"
#include "base/clock.h"

namespace edu::receiver {

template <class T>
struct Answer {
  std::optional<T> value;
  asio::steady_timer come;  // cancelled when it is there
};

template <class T>
awaitable<void> come_of(std::shared_ptr<Answer<T>> answer) {
  if (answer->value) co_return;
  boost::system::error_code woken;
  auto token = asio::redirect_error(asio::use_awaitable, woken);
  co_await answer->come.async_wait(token);
}

// Calls `ask` with the function that takes the answer, on any thread. Nothing: it did not come in time, or
// the wait was cancelled.
template <class T>
awaitable<std::optional<T>> answer_of(asio::any_io_executor loop, Clock& clock, milliseconds patience,
                                      std::function<void(std::function<void(T)>)> ask) {
  using namespace asio::experimental::awaitable_operators;
  auto answer = std::make_shared<Answer<T>>(std::nullopt,
                                            asio::steady_timer(loop, asio::steady_timer::time_point::max()));
  auto tell = [loop, answer](T value) {
    asio::post(loop, [answer, value = std::move(value)]() mutable {
      answer->value = std::move(value);
      answer->come.cancel();
    });
  };
  ask(std::move(tell));
  co_await (clock.pause(patience) || come_of(answer));
  co_return std::move(answer->value);
}

}  // namespace edu::receiver
