#include "logs/study/credit.h"

#include <algorithm>

namespace edu::logs {
namespace {

// The stays of one person, one after the other: nobody is there twice.
std::vector<Presence> joined(std::vector<Presence> presence) {
  std::ranges::sort(presence, {}, &Presence::from_ms);
  std::vector<Presence> out;
  for (const auto& stay : presence) {
    if (!out.empty() && stay.from_ms <= out.back().to_ms)
      out.back().to_ms = std::max(out.back().to_ms, stay.to_ms);
    else
      out.push_back(stay);
  }
  return out;
}

std::int64_t met(const PlaySpan& span, const Presence& stay) {
  const auto from = std::max(span.wall_ms, stay.from_ms);
  const auto to = std::min(span.wall_ms + span.length_ms, stay.to_ms);
  return std::max<std::int64_t>(0, to - from);
}

}  // namespace

std::int64_t effective_ms(const std::vector<PlaySpan>& spans) {
  std::int64_t sum = 0;
  for (const auto& span : spans) sum += span.length_ms;
  return sum;
}

std::int64_t credited_ms(const std::vector<PlaySpan>& spans, const std::vector<Presence>& presence) {
  const auto stays = joined(presence);
  std::int64_t sum = 0;
  for (const auto& span : spans)
    for (const auto& stay : stays) sum += met(span, stay);
  return sum;
}

bool is_present(std::int64_t credited, std::int64_t effective, std::int64_t percent, std::int64_t least) {
  return credited > 0 && credited * 100 >= effective * percent && credited >= std::min(least, effective / 4);
}

}  // namespace edu::logs
