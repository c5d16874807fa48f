// A clock that tests set and advance. Waits end when the clock is moved to or past them, or when it is set.
// Other threads may look at it; the loop's alone waits and sets.
#pragma once

#include <atomic>
#include <list>
#include <memory>

#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"

namespace edu::test {

class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime now) : now_(now) {}

  WallTime now() const override { return now_; }
  milliseconds mono() const override { return mono_; }
  ClockTrust trust() const override { return trust_; }
  void trust(ClockTrust trust) { trust_ = trust; }

  awaitable<Wake> until(WallTime instant) override {
    const auto start = generation_;
    while (now() < instant) {
      co_await wait();
      if (generation_ != start) co_return Wake::clock_set;
    }
    co_return Wake::due;
  }
  awaitable<void> pause(milliseconds span) override {
    const auto end = mono() + span;
    while (mono() < end) co_await wait();
  }

  // Time passes. Waiters run when the caller next runs the io_context.
  void advance(milliseconds span) {
    now_ = now_.load() + span;
    mono_ = mono_.load() + span;
    wake();
  }
  // Somebody sets the clock.
  void set(WallTime now) {
    now_ = now;
    ++generation_;
    wake();
  }

 private:
  awaitable<void> wait() {
    auto timer = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor,
                                                      asio::steady_timer::time_point::max());
    waiting_.push_back(timer);
    boost::system::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await timer->async_wait(token);
    waiting_.remove(timer);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
  }
  void wake() {
    for (const auto& timer : waiting_) timer->cancel();
  }

  std::atomic<WallTime> now_;
  std::atomic<milliseconds> mono_{milliseconds(1000)};
  std::atomic<ClockTrust> trust_ = ClockTrust::synced;
  unsigned generation_ = 0;
  std::list<std::shared_ptr<asio::steady_timer>> waiting_;
};

}  // namespace edu::test
