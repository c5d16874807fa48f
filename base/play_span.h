// A span of play: what a deck measures and the journal keeps.
#pragma once

#include <cstdint>

#include <boost/describe/class.hpp>

namespace edu {

// Media that really advanced at normal speed: from wall time `wall_ms` (UTC) and media position `media_ms`
// on, for `length_ms`. A pause, a stall or a jump ends a span; black, loops and other speeds are in none.
struct PlaySpan {
  std::int64_t wall_ms = 0, media_ms = 0, length_ms = 0;
  bool operator==(const PlaySpan&) const = default;
};
BOOST_DESCRIBE_STRUCT(PlaySpan, (), (wall_ms, media_ms, length_ms))

}  // namespace edu
