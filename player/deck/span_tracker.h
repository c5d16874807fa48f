// Turns what a player shows of itself (positions, now moving, now not) into spans of media that really
// advanced at normal speed. Pure: times come in, spans go out. The wall clock gives a span its place, the
// steady clock its length, so that somebody who sets the clock makes nobody's minutes longer or shorter.
//
// Media positions are counted through: where a file's time stamps jump (a clock that begins again in a
// transport stream, the next part of a file that was joined, a DVD's next chapter), what plays on goes on
// counting. Where a person goes to another place, the position is that place, and what was shown before is
// not counted a second time.
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
  // Somebody goes to another place: the next position is where.
  void sought();
  // The file has come to its end: its last frame was shown until now, though no position told of it. Media of
  // `declared` length (0: not known) goes no further than that.
  void end(Instant now, milliseconds declared);
  // Media has advanced at least once.
  bool advanced() const { return !spans_.empty(); }
  const std::vector<PlaySpan>& spans() const { return spans_; }
  milliseconds played() const;
  milliseconds last_position() const { return last_; }  // counted through

 private:
  struct Anchor {
    Instant at;
    milliseconds media{};
  };
  void count_through(Instant now, milliseconds raw);
  void bridge(Instant now);
  bool was_shown(milliseconds media) const;
  void grow(Instant now, milliseconds media);

  bool moving_ = false;
  bool open_ = false;               // the last of spans_ grows
  bool sought_ = false;             // no position came since
  std::optional<Anchor> anchor_;    // where the next or the growing span begins
  std::optional<Anchor> advanced_;  // the last position that was one further on
  std::optional<Anchor> bridge_;    // the same before a jump of the time stamps, until media advances again
  milliseconds raw_{};              // the last position as the file's time stamps have it
  milliseconds last_{};             // and counted through
  milliseconds seen_{};             // steady time of it
  std::optional<milliseconds>
      grown_;  // steady time at which the last of spans_ grew, until a jump or a stall
  std::vector<PlaySpan> spans_;
};

}  // namespace edu::player
