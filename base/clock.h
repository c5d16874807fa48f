// The clock seam: what time it is, how far that may be believed, and waiting for an instant of the wall
// clock. Tests put a clock in its place that they set and advance (tests/support/manual_clock.h).
#pragma once

#include "base/asio.h"
#include "base/time.h"

namespace edu {

// untrusted: nobody has set it since the machine started. synced: a time service holds it.
// holdover: it was right once and runs on by itself.
enum class ClockTrust { untrusted, synced, holdover };
const char* to_string(ClockTrust trust);

enum class Wake { due, clock_set };

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime now() const = 0;
  virtual milliseconds mono() const = 0;  // since the machine's boot; never steps
  virtual ClockTrust trust() const = 0;

  // Waits on the caller's executor until the wall clock shows `instant` (Wake::due, at once if it is past) or
  // until somebody sets the clock (Wake::clock_set): then whoever waited must look at the time again.
  // Only cancellation throws.
  virtual awaitable<Wake> until(WallTime instant) = 0;
  // Waits a steady span, whatever happens to the wall clock. Only cancellation throws.
  virtual awaitable<void> pause(milliseconds span) = 0;
};

// The machine's clock. `until` is a timerfd on CLOCK_REALTIME with TFD_TIMER_ABSTIME |
// TFD_TIMER_CANCEL_ON_SET, because Asio's system_timer notices a stepped clock up to five minutes late.
// Trust: synced while the kernel says so (adjtimex); untrusted while the clock shows a time before
// `not_before` (the newest that was trusted), because time cannot have gone back, or more than a year after
// it; holdover otherwise.
class SystemClock final : public Clock {
 public:
  explicit SystemClock(WallTime not_before = {}) : not_before_(not_before) {}
  void not_before(WallTime instant) { not_before_ = instant; }
  static WallTime first_release();  // no station has run before: a clock that shows less is wrong

  WallTime now() const override;
  milliseconds mono() const override;
  ClockTrust trust() const override;
  awaitable<Wake> until(WallTime instant) override;
  awaitable<void> pause(milliseconds span) override;

 private:
  WallTime not_before_;
};

}  // namespace edu
