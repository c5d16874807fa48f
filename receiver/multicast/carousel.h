// When does a carousel come round? Packets' names and times go in; how long a pass takes, and when what is
// missing may be expected next, come out. Nobody announces it: some packets are remembered, and the time
// until the very same ones come again is the pass. Of one object, or of a whole session. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace edu::multicast {

class Carousel {
 public:
  // Without a packet for so long, its turn in the pass is over.
  static constexpr milliseconds kPause{2000};

  // A packet: `name` is the same for the same one only. `now` on a steady clock.
  void saw(std::uint64_t name, milliseconds now);

  milliseconds period() const;                     // of a pass; 0: not known, nothing came twice yet
  std::uint32_t passes() const { return again_; }  // whole ones that went by since the first packet
  milliseconds last() const { return last_; }

  struct Window {
    milliseconds from, until;  // steady clock; from <= until
  };
  // When its next turn is expected, of a pass of `period`; nothing when that is 0 or nothing came yet.
  std::optional<Window> next(milliseconds now, milliseconds period) const;

 private:
  struct Marker {
    std::uint64_t name = 0;
    milliseconds seen{}, span{};  // last time; since the time before, 0: seen once
    std::uint32_t again = 0;
  };
  Marker* place(milliseconds now);

  std::array<Marker, 4> markers_;  // several, for any one packet may be lost in a pass
  std::size_t count_ = 0;
  milliseconds turn_{}, last_{}, longest_{};  // this turn's first packet, the last one; the longest turn
  std::uint32_t again_ = 0;
};

}  // namespace edu::multicast
