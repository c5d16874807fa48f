#include "player/deck/span_tracker.h"

#include <algorithm>

namespace edu::player {
namespace {

// Media may run ahead of or behind the clock by so much within a span: players correct small drifts by and
// by, and positions come in steps of a frame or an audio buffer. More is a jump or a stall.
constexpr milliseconds kTolerance{400};
// Where time stamps begin again the player lets the sound that it has queued be heard to its end, while the
// next picture waits. Longer than that it has stalled.
constexpr milliseconds kQueuedSound{1000};
// A hostile file can jump at every packet. Past so many spans of one item no more are begun: evidence is
// understated rather than the memory or a line of the protocol filled.
constexpr std::size_t kMostKept = 1000;

}  // namespace

void SpanTracker::moving(Instant now, bool moving) {
  if (moving == moving_) return;
  moving_ = moving;
  open_ = false;
  anchor_.reset();
  if (moving) anchor_ = Anchor{now, last_};
}

void SpanTracker::sought() { sought_ = true; }

// `last_` follows the time stamps, but for their jumps.
void SpanTracker::count_through(Instant now, milliseconds raw) {
  const auto step = raw - raw_;
  // What may have been shown since the last position that told of it.
  const auto shown = moving_ ? now.steady - std::max(seen_, anchor_->at.steady) : milliseconds(0);
  raw_ = raw;
  seen_ = now.steady;
  if (!advanced() || sought_) {
    // Sound that is queued ahead of the first picture makes a player show a position before the start.
    last_ = std::max(milliseconds(0), sought_ ? last_ + step : raw);
    sought_ = false;
  } else if (step < milliseconds(0) || step > shown + kTolerance) {
    last_ += std::min(shown, kTolerance);
    if (moving_) advanced_ = Anchor{now, last_};
    bridge_ = advanced_;
  } else {
    last_ += step;
    if (bridge_ && moving_ && step > milliseconds(0)) bridge(now);
    if (moving_ && step > milliseconds(0)) advanced_ = Anchor{now, last_};
  }
}

void SpanTracker::bridge(Instant now) {
  const auto gap = now.steady - bridge_->at.steady;
  if (gap <= kQueuedSound) {
    last_ = bridge_->media + gap;
    anchor_ = *bridge_;
    open_ = false;
  }
  bridge_.reset();
}

bool SpanTracker::was_shown(milliseconds media) const {
  const auto others = spans_.size() - (open_ ? 1 : 0);
  return std::any_of(
      spans_.begin(), spans_.begin() + static_cast<std::ptrdiff_t>(others), [&](const PlaySpan& span) {
        return span.media_ms < media.count() && media.count() <= span.media_ms + span.length_ms;
      });
}

void SpanTracker::position(Instant now, milliseconds raw) {
  const auto before = last_;
  count_through(now, raw);
  if (!moving_) return;
  const auto drift = (last_ - anchor_->media) - (now.steady - anchor_->at.steady);
  if (last_ < before || drift > kTolerance || drift < -kTolerance) {
    open_ = false;  // a jump or a stall: what follows is another span
    grown_.reset();
    anchor_ = Anchor{now, last_};
  } else if (was_shown(last_)) {
    open_ = false;
    anchor_ = Anchor{now, last_};
  } else if (last_ > anchor_->media) {
    grow(now, last_);
  }
}

void SpanTracker::grow(Instant now, milliseconds media) {
  // No longer than the time that passed: two positions that come at once make no minutes.
  const auto length = std::min(media - anchor_->media, now.steady - anchor_->at.steady);
  if (!open_) {
    if (spans_.size() >= kMostKept || length <= milliseconds(0)) return;
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
