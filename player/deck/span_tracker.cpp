#include "player/deck/span_tracker.h"

#include <algorithm>

namespace edu::player {
namespace {

// Media may run ahead of or behind the clock by so much within a span: players correct small drifts by and
// by, and positions come in steps of a frame or an audio buffer. More is a jump or a stall.
constexpr milliseconds kTolerance{400};
// A hostile file can jump at every packet. Past so many spans of one item no more are begun: evidence is
// understated rather than the memory or a line of the protocol filled.
constexpr std::size_t kMostSpans = 1000;

}  // namespace

void SpanTracker::moving(Instant now, bool moving) {
  if (moving == moving_) return;
  moving_ = moving;
  open_ = false;
  anchor_.reset();
  if (moving) anchor_ = Anchor{now, last_};
}

void SpanTracker::position(Instant now, milliseconds media) {
  const bool back = media < last_;
  last_ = media;
  if (!moving_) return;
  const auto drift = (media - anchor_->media) - (now.steady - anchor_->at.steady);
  if (back || drift > kTolerance || drift < -kTolerance) {
    open_ = false;  // a jump or a stall: what follows is another span
    grown_.reset();
    anchor_ = Anchor{now, media};
  } else if (media > anchor_->media) {
    grow(now, media);
  }
}

void SpanTracker::grow(Instant now, milliseconds media) {
  // No longer than the time that passed: two positions that come at once make no minutes.
  const auto length = std::min(media - anchor_->media, now.steady - anchor_->at.steady);
  if (!open_) {
    if (spans_.size() >= kMostSpans || length <= milliseconds(0)) return;
    // The player may have taken a moment to get going: what has advanced began that much before now.
    anchor_->at = {now.wall - length, now.steady - length};
    spans_.push_back({to_ms(anchor_->at.wall), anchor_->media.count(), 0});
    open_ = true;
  }
  auto& span = spans_.back();
  span.length_ms = std::max(span.length_ms, length.count());
  grown_ = now.steady;
}

void SpanTracker::end(Instant now, milliseconds declared) {
  if (!grown_) return;
  const auto rest = std::min(
      {now.steady - *grown_, declared == milliseconds(0) ? kTolerance : declared - last_, kTolerance});
  if (rest > milliseconds(0)) spans_.back().length_ms += rest.count();
  grown_.reset();
}

milliseconds SpanTracker::played() const {
  milliseconds sum{};
  for (const auto& span : spans_) sum += milliseconds(span.length_ms);
  return sum;
}

}  // namespace edu::player
