// Which sectors of a DVD-Video make which title. Pure: numbers as the disc's tables give them come in, and
// whatever they are, what leaves lies within the disc. (DVD-Video's tables are described at
// https://dvd.sourceforge.net/dvdinfo/.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "receiver/volumes/disc_contents.h"

namespace edu::receiver {

inline constexpr std::size_t kSector = 2048;  // bytes

enum class AnglePlace { none, first, further };  // of a cell in a block of angles

struct DiscCell {
  std::uint32_t first = 0, last = 0;  // sectors of the title set's video objects, `last` included
  bool interleaved = false;           // other angles' sectors lie between its own
  AnglePlace angle = AnglePlace::none;
  bool operator==(const DiscCell&) const = default;
};

struct DiscChain {  // a program chain
  std::vector<DiscCell> cells;
  std::int64_t duration_ms = 0;
};

struct RawTitle {
  std::int64_t number = 0;
  int title_set = 0;
  std::uint32_t sectors = 0;  // that the title set's video objects have
  std::vector<DiscChain> chains;
};

struct PlannedTitle {
  DiscTitle title;
  int title_set = 0;
  std::vector<DiscCell> cells;  // of the first angle, in the order of playing
};

struct DiscPlan {
  std::vector<PlannedTitle> titles;
  std::int64_t brief = 0, repeated = 0, damaged = 0;
};

DiscPlan plan_disc(const std::vector<RawTitle>& titles, std::int64_t shortest_ms);

// "01:02:03.04" of a table: binary coded decimals, the rate in the two high bits of the frames. nullopt when
// they are none.
std::optional<std::int64_t> disc_time_ms(std::uint8_t hour, std::uint8_t minute, std::uint8_t second,
                                         std::uint8_t frame);

using Sector = std::span<const std::uint8_t, kSector>;

// Every sector of a video object begins with a pack header of MPEG-2 (ISO 13818-1, 2.5.3.3).
bool is_pack(Sector sector);
// The first packet of the pack says that its payload is scrambled (PES_scrambling_control, 2.4.3.7): CSS.
bool is_scrambled(Sector sector);

// What a navigation pack (DSI packet) says of its unit of video.
struct DiscUnit {
  std::uint32_t length = 0;           // sectors that follow this one and belong to it
  std::optional<std::uint32_t> next;  // the next unit of this cell and angle, in sectors from here
};
std::optional<DiscUnit> unit_at(Sector sector);

}  // namespace edu::receiver
