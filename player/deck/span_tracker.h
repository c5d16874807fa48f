// Turns what a player shows of itself (positions, now moving, now not) into spans of media that really
// advanced at normal speed. Pure: times come in, spans go out. The wall clock gives a span its place, the
// steady clock its length, so that somebody who sets the clock makes nobody's minutes longer or shorter.
#pragma once

#include <optional>
#include <vector>

#include "player/deck/deck.h"

namespace edu::player {

class SpanTracker {
 public:
  struct Instant {
    WallTime wall;
    milliseconds steady{};
  };

  // The player shows media position `media` at `now`. While nothing moves it begins nothing.
  void position(Instant now, milliseconds media);
  // Media may move at normal speed from now on; or it does not: paused, stalled, seeking, at another speed.
  void moving(Instant now, bool moving);
  // The file has come to its end: its last frame was shown until now, though no position told of it. Media of
  // `declared` length (0: not known) goes no further than that.
  void end(Instant now, milliseconds declared);
  // Media has advanced at least once.
  bool advanced() const { return !spans_.empty(); }
  const std::vector<PlaySpan>& spans() const { return spans_; }
  milliseconds played() const;
  milliseconds last_position() const { return last_; }

 private:
  struct Anchor {
    Instant at;
    milliseconds media{};
  };
  void grow(Instant now, milliseconds media);
  bool moving_ = false;
  bool open_ = false;             // the last of spans_ grows
  std::optional<Anchor> anchor_;  // where the next or the growing span begins
  milliseconds last_{};
  std::optional<milliseconds>
      grown_;  // steady time at which the last of spans_ grew, until a jump or a stall
  std::vector<PlaySpan> spans_;
};

}  // namespace edu::player
