#include "base/clock.h"

#include <cerrno>
#include <ctime>
#include <system_error>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/timerfd.h>
#include <sys/timex.h>

namespace edu {
namespace {

// No station of ours has run before this day; a clock that shows less has lost its battery.
constexpr WallTime kFirstRelease = std::chrono::sys_days(std::chrono::year(2026) / 11 / 1);

// A station that was off for longer asks somebody whether its clock is right.
constexpr std::chrono::days kLongestOff{366};

asio::posix::stream_descriptor open_alarm(const asio::any_io_executor& executor, WallTime instant) {
  asio::posix::stream_descriptor alarm(executor,
                                       ::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC));
  const auto since = instant.time_since_epoch();
  const auto whole = std::chrono::floor<seconds>(since);
  itimerspec spec{};
  spec.it_value.tv_sec = whole.count();
  spec.it_value.tv_nsec = std::chrono::nanoseconds(since - whole).count();
  if (spec.it_value.tv_sec == 0 && spec.it_value.tv_nsec == 0) spec.it_value.tv_nsec = 1;  // 0 would disarm
  if (::timerfd_settime(alarm.native_handle(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, nullptr) !=
      0)
    throw std::system_error(errno, std::generic_category(), "timerfd_settime");
  return alarm;
}

}  // namespace

const char* to_string(ClockTrust trust) {
  switch (trust) {
    case ClockTrust::untrusted:
      return "untrusted";
    case ClockTrust::synced:
      return "synced";
    case ClockTrust::holdover:
      return "holdover";
  }
  return "untrusted";
}

WallTime SystemClock::now() const {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

milliseconds SystemClock::mono() const {
  timespec ts{};
  ::clock_gettime(CLOCK_BOOTTIME, &ts);
  return std::chrono::duration_cast<milliseconds>(seconds(ts.tv_sec) + std::chrono::nanoseconds(ts.tv_nsec));
}

ClockTrust SystemClock::trust() const {
  timex state{};
  if (::adjtimex(&state) != TIME_ERROR && (state.status & STA_UNSYNC) == 0) return ClockTrust::synced;
  const auto current = now();
  const bool lost = current < kFirstRelease || current < not_before_;
  const bool far_ahead = not_before_ > kFirstRelease && current - not_before_ > kLongestOff;
  return lost || far_ahead ? ClockTrust::untrusted : ClockTrust::holdover;
}

WallTime SystemClock::first_release() { return kFirstRelease; }

awaitable<Wake> SystemClock::until(WallTime instant) {
  auto alarm = open_alarm(co_await asio::this_coro::executor, instant);
  co_await alarm.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
  std::uint64_t expirations = 0;
  const auto got = ::read(alarm.native_handle(), &expirations, sizeof expirations);
  co_return got < 0 && errno == ECANCELED ? Wake::clock_set : Wake::due;
}

awaitable<void> SystemClock::pause(milliseconds span) {
  asio::steady_timer timer(co_await asio::this_coro::executor, span);
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace edu
