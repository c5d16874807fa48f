#include "player/probe/probe_time.h"

#include <algorithm>
#include <utility>

namespace edu::player {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kBack = kSecond / 2;  // sounds of joined parts may overlap that much
constexpr std::int64_t kHole = 5 * kSecond;  // forward, where clocks begin again
constexpr std::int64_t kReorder = 60 * kSecond;
constexpr std::int64_t kFurthest = std::int64_t{1} << 60;
constexpr std::int64_t kLongestGap = 10'000 * kSecond;  // forward, where they do not

}  // namespace

bool StreamTime::is_seam(std::int64_t time) const {
  if (restarts_) return time < last_ - kBack || time >= next_ + kHole;
  return time >= next_ + kLongestGap || time < last_ - kLongestGap;
}

void StreamTime::add(std::optional<std::int64_t> decoded, std::optional<std::int64_t> shown,
                     std::int64_t duration) {
  const auto time = std::clamp(decoded ? *decoded : shown ? *shown : next_, -kFurthest, kFurthest);
  // A picture is shown soon after it is decoded; another time is a wild one.
  const bool near = shown && *shown<time + kReorder&& * shown> time - kReorder;
  const auto seen = near ? *shown : time;
  duration = std::clamp<std::int64_t>(duration, 0, kLongestGap);
  if (parts_ == 0 || is_seam(time)) {
    sum_ = std::min(sum_ + (end_ - begin_), kFurthest);
    ++parts_;
    begin_ = end_ = seen;
    step_ = 0;
  } else if (time > last_) {
    step_ = std::min(time - last_, kHole);
  }
  if (!first_) first_ = seen;
  const auto until = seen + (duration > 0 ? duration : step_);
  begin_ = std::min(begin_, seen);
  end_ = std::max(end_, until);
  last_ = time;
  next_ = time + (duration > 0 ? duration : step_);
}

std::int64_t PlayTime::played() const {
  std::optional<std::int64_t> start;
  for (const auto& [index, stream] : streams_)
    if (stream.first()) start = std::min(start.value_or(*stream.first()), *stream.first());
  std::int64_t longest = 0;
  for (const auto& [index, stream] : streams_) {
    const auto wait = stream.first().value_or(0) - start.value_or(0);
    const bool plausible = wait < (restarts_ ? kHole : kLongestGap);
    longest = std::max(longest, stream.played() + (plausible ? wait : 0));
  }
  return longest;
}

int PlayTime::parts() const {
  int most = 0;
  for (const auto& [index, stream] : streams_) most = std::max(most, stream.parts());
  return most;
}

}  // namespace edu::player
