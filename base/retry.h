// Trying again: work that must go on although it fails now and then. Whatever waits between two attempts
// waits by the Clock, and cancellation always gets through. Loop thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/asio.h"
#include "base/clock.h"

namespace edu {

// How long to wait after so many failures in a row (from 1 on): doubled each time, bounded. Pure.
struct BackOff {
  milliseconds first, longest;

  milliseconds after(std::int64_t failures) const;
  // `chance` in [0, 1): between half and one and a half of that, so that many stations do not come back in
  // the same second.
  milliseconds after(std::int64_t failures, double chance) const;
};

// The end by cancellation, also of work that has put its cancellation aside to clean up: whoever calls it
// cannot ask the state any more.
struct Cancelled : boost::system::system_error {
  Cancelled() : system_error(asio::error::operation_aborted) {}
};

// Throws Cancelled when the coroutine that calls it is being cancelled.
awaitable<void> stop_if_cancelled();

// What `work` threw, in words; nothing: it ended well. Throws Cancelled when the coroutine is being
// cancelled, whatever `work` made of that, and when `work` ended by it.
awaitable<std::optional<std::string>> failure_of(awaitable<void> work);

// `work`, and when it has ended, also by cancellation, `clean_up` in spite of it. Then throws Cancelled, or
// what `work` threw. From then on the coroutine cannot be cancelled.
awaitable<void> with_clean_up(awaitable<void> work, awaitable<void> clean_up);

class Retry {
 public:
  using Failed = std::function<void(const std::string& what)>;

  // `who` begins the lines of the log, e.g. "receiver: volumes". `failed` hears of each failure, before the
  // wait. `clock` outlives it.
  Retry(Clock& clock, std::string who, BackOff wait, Failed failed = {});

  // One attempt. True: `work` ended well. False: it failed, that was logged, and the wait before the next
  // attempt is over. Only cancellation throws.
  awaitable<bool> attempt(awaitable<void> work);
  // For work that never ends: it does what it should, so the next wait is the first again.
  void works() { failures_ = 0; }

 private:
  Clock& clock_;
  std::string who_;
  BackOff wait_;
  Failed failed_;
  std::int64_t failures_ = 0;  // in a row
};

}  // namespace edu
