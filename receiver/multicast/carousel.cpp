#include "receiver/multicast/carousel.h"

#include <algorithm>

namespace edu::multicast {
namespace {

constexpr milliseconds kSpacing{1000};  // between two markers, and the shortest pass that is told from a copy
constexpr milliseconds kLongest = std::chrono::hours(24 * 7);  // a marker that did not come again is given up

}  // namespace

// Where the next marker may go: a free place, or that of one which has left the carousel.
Carousel::Marker* Carousel::place(milliseconds now) {
  if (count_ == markers_.size()) {
    const auto stale = std::ranges::min_element(markers_, {}, &Marker::seen);
    const auto known = period();
    const auto most = known == milliseconds{} ? kLongest : 3 * known;
    return now - stale->seen > most ? &*stale : nullptr;
  }
  const bool near = count_ > 0 && now - markers_[count_ - 1].seen < kSpacing;
  return near ? nullptr : &markers_[count_++];
}

void Carousel::saw(std::uint64_t name, milliseconds now) {
  if (turn_ == milliseconds{} || now - last_ >= kPause) turn_ = now;
  last_ = now;
  longest_ = std::max(longest_, now - turn_);
  for (std::size_t i = 0; i < count_; ++i) {
    auto& marker = markers_[i];
    if (marker.name != name) continue;
    if (now - marker.seen < kSpacing) return;
    marker.span = now - marker.seen;
    marker.seen = now;
    again_ = std::max(again_, ++marker.again);
    return;
  }
  if (auto* marker = place(now)) *marker = {name, now, {}, 0};
}

// The shortest that a marker tells: one that was lost in a pass tells of two.
milliseconds Carousel::period() const {
  milliseconds shortest{};
  for (std::size_t i = 0; i < count_; ++i)
    if (const auto span = markers_[i].span; span != milliseconds{})
      shortest = shortest == milliseconds{} ? span : std::min(shortest, span);
  return shortest;
}

std::optional<Carousel::Window> Carousel::next(milliseconds now, milliseconds period) const {
  if (turn_ == milliseconds{} || period <= milliseconds{}) return std::nullopt;
  // Its turn goes on: what is missing may be part of this one, or of the next, which ends a pass from now.
  if (now - last_ < kPause) return Window{now, now + period};
  auto from = turn_ + period;
  if (from + longest_ <= now) from += (now - from - longest_) / period * period + period;
  return Window{std::max(from, now), from + longest_};
}

}  // namespace edu::multicast
