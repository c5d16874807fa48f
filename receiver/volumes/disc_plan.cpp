#include "receiver/volumes/disc_plan.h"

#include <algorithm>

namespace edu::receiver {
namespace {

constexpr std::size_t kPackHeader = 14;  // bytes before the stuffing
constexpr std::size_t kDsi = 0x400;      // where a navigation pack has its second private packet
constexpr std::uint32_t kNoNext = 0x3fffffff;

std::uint32_t word(Sector sector, std::size_t at) {
  return std::uint32_t{sector[at]} << 24 | std::uint32_t{sector[at + 1]} << 16 |
         std::uint32_t{sector[at + 2]} << 8 | sector[at + 3];
}

// Nothing when a cell lies outside of the video objects, or all of them together are more than there is.
std::optional<PlannedTitle> plan_title(const RawTitle& raw) {
  PlannedTitle planned;
  planned.title.number = raw.number;
  planned.title_set = raw.title_set;
  std::uint64_t sectors = 0;
  for (const auto& chain : raw.chains) {
    planned.title.duration_ms += chain.duration_ms;
    for (const auto& cell : chain.cells) {
      if (cell.angle == AnglePlace::further) continue;
      if (cell.first > cell.last || cell.last >= raw.sectors) return std::nullopt;
      sectors += cell.last - cell.first + 1;
      planned.cells.push_back(cell);
    }
  }
  if (planned.cells.empty() || sectors > raw.sectors || planned.title.duration_ms > kLongestTitleMs)
    return std::nullopt;
  planned.title.bytes = static_cast<std::int64_t>(sectors * kSector);
  return planned;
}

std::optional<int> decimal(unsigned coded) {
  if ((coded >> 4) > 9 || (coded & 15) > 9) return std::nullopt;
  return static_cast<int>((coded >> 4) * 10 + (coded & 15));
}

}  // namespace

DiscPlan plan_disc(const std::vector<RawTitle>& titles, std::int64_t shortest_ms) {
  DiscPlan plan;
  for (const auto& raw : titles) {
    auto planned = plan_title(raw);
    if (!planned) {
      ++plan.damaged;
      continue;
    }
    const auto same = [&](const PlannedTitle& other) {
      return other.title_set == planned->title_set && other.cells == planned->cells;
    };
    if (planned->title.duration_ms < shortest_ms)
      ++plan.brief;
    else if (std::ranges::any_of(plan.titles, same))
      ++plan.repeated;
    else
      plan.titles.push_back(*std::move(planned));
  }
  return plan;
}

std::optional<std::int64_t> disc_time_ms(std::uint8_t hour, std::uint8_t minute, std::uint8_t second,
                                         std::uint8_t frame) {
  const auto h = decimal(hour), m = decimal(minute), s = decimal(second), f = decimal(frame & 0x3fu);
  if (!h || !m || !s || !f || *m > 59 || *s > 59) return std::nullopt;
  const std::int64_t rate = (frame >> 6) == 1 ? 25 : 30;
  return ((*h * 60 + *m) * 60 + *s) * std::int64_t{1000} + *f * 1000 / rate;
}

bool is_pack(Sector sector) { return word(sector, 0) == 0x000001ba; }

bool is_scrambled(Sector sector) {
  if (!is_pack(sector)) return false;
  const auto packet = kPackHeader + (sector[13] & 7u);
  if ((word(sector, packet) >> 8) != 1) return false;
  const auto id = sector[packet + 3];
  const bool has_header = id == 0xbd || (id >= 0xc0 && id <= 0xef);  // private stream 1, sound, pictures
  return has_header && (sector[packet + 6] & 0xc0) == 0x80 && (sector[packet + 6] & 0x30) != 0;
}

std::optional<DiscUnit> unit_at(Sector sector) {
  if (!is_pack(sector) || word(sector, kDsi) != 0x000001bf || sector[kDsi + 6] != 1) return std::nullopt;
  DiscUnit unit;
  unit.length = word(sector, kDsi + 7 + 8);                       // general information: vobu_ea
  const auto next = word(sector, kDsi + 7 + 234 + 80) & kNoNext;  // search information: next unit
  if (next != kNoNext) unit.next = next;
  return unit;
}

}  // namespace edu::receiver
