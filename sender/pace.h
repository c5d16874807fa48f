// How fast it goes: a token bucket over a clock that tests put in place.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace edu::send {

using std::chrono::nanoseconds;

class Pace {
 public:
  virtual ~Pace() = default;
  virtual nanoseconds now() = 0;            // steady
  virtual std::int64_t unix_seconds() = 0;  // for Expires and the first FDT instance
  virtual void wait(nanoseconds span) = 0;  // may end early, at a signal
};

class TokenBucket {
 public:
  // `depth`: bits that may go out at once after a pause.
  TokenBucket(std::uint64_t bits_per_second, std::uint64_t depth, nanoseconds now)
      : rate_(bits_per_second), depth_(static_cast<double>(depth)), tokens_(depth_), at_(now) {}

  // Takes the bits and answers how long to wait before they may go. A bucket in debt: what is taken is paid
  // later, so that a batch larger than the bucket passes too.
  nanoseconds take(std::uint64_t bits, nanoseconds now) {
    const auto seconds = std::chrono::duration<double>(now - at_).count();
    tokens_ = std::min(depth_, tokens_ + seconds * static_cast<double>(rate_)) - static_cast<double>(bits);
    at_ = now;
    if (tokens_ >= 0) return nanoseconds(0);
    return nanoseconds(static_cast<std::int64_t>(-tokens_ * 1e9 / static_cast<double>(rate_)));
  }

 private:
  std::uint64_t rate_;
  double depth_, tokens_;
  nanoseconds at_;
};

}  // namespace edu::send
