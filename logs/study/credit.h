// Effective and credited minutes: what really played at normal speed, and how much of it somebody was there
// for. Pure; the rule is docs/domain.md, "Effective minutes".
#pragma once

#include <cstdint>
#include <vector>

#include "logs/journal/events.h"

namespace edu::logs {

// Half open, in milliseconds of the wall clock.
struct Presence {
  std::int64_t from_ms = 0, to_ms = 0;
};

// The minutes in which media advanced at normal speed, whatever its time stamps did: the spans that a deck
// measured do not overlap, and what somebody went back to is in none of them.
std::int64_t effective_ms(const std::vector<PlaySpan>& spans);

// Those of them in which somebody was there.
std::int64_t credited_ms(const std::vector<PlaySpan>& spans, const std::vector<Presence>& presence);

// Whether that makes somebody present: `percent` of what played, and `least` ms, or a quarter of what played
// where that is less. Who signed out at once is not.
bool is_present(std::int64_t credited, std::int64_t effective, std::int64_t percent, std::int64_t least);

}  // namespace edu::logs
