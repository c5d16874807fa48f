// How long to wait after failures, one after the other: doubling, bounded, and spread by chance so that many
// stations do not come back at the same second. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.h"

namespace edu::catalogue {

struct BackOff {
  milliseconds first, longest;

  // `failures` from 1 on; `chance` in [0, 1): the wait is between half and one and a half of the doubled
  // span.
  milliseconds after(std::int64_t failures, double chance) const {
    const auto doublings = std::clamp<std::int64_t>(failures - 1, 0, 30);
    const auto span = std::min<std::int64_t>(longest.count(), first.count() << doublings);
    return milliseconds(span / 2 + static_cast<std::int64_t>(chance * static_cast<double>(span)));
  }
};

inline constexpr BackOff kBetweenTries{milliseconds(5'000), milliseconds(300'000)};          // of one file
inline constexpr BackOff kBetweenLooks{milliseconds(60'000), milliseconds(3'600'000)};       // at a catalogue
inline constexpr BackOff kBetweenAttempts{milliseconds(900'000), milliseconds(86'400'000)};  // at one entry
inline constexpr int kTries = 6;  // of one attempt at an entry, over all its mirrors

}  // namespace edu::catalogue
