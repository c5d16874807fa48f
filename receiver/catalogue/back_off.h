// How long this room waits between attempts that fail.
#pragma once

#include "base/retry.h"

namespace edu::catalogue {

inline constexpr BackOff kBetweenTries{milliseconds(5'000), milliseconds(300'000)};          // of one file
inline constexpr BackOff kBetweenLooks{milliseconds(15'000), milliseconds(3'600'000)};       // at a catalogue
inline constexpr BackOff kBetweenAttempts{milliseconds(900'000), milliseconds(86'400'000)};  // at one entry
// After a failure of the station's own, as of its disk: the first is often over at once.
inline constexpr BackOff kAfterOurFault{milliseconds(2'000), milliseconds(600'000)};
inline constexpr int kTries = 6;  // of one attempt at an entry, over all its mirrors

}  // namespace edu::catalogue
