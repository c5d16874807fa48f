// The missed policy: when an occurrence may still start, when it is missed, and what is said of it then.
// Pure: what the station knows comes in.
#pragma once

#include "base/clock.h"
#include "base/time.h"

namespace edu::scheduler {

struct Moment {
  WallTime now{};
  ClockTrust trust = ClockTrust::untrusted;
  milliseconds up_for{0};  // since the station came up
  bool deck_up = false;    // at least one
};

struct StartRules {
  milliseconds preload{0};     // an order is armed this long before its start
  milliseconds late_limit{0};  // a start is late by no more than this
};

// Late, but not too late. Where no deck was free at its start, `start` is when one was.
bool may_start(WallTime start, WallTime now, const StartRules& rules);
// The last instant at which it may.
WallTime last_chance(WallTime start, const StartRules& rules);

// Whether an item of a programme that was interrupted may still begin: half its length late, at most five
// minutes; a short one by the limit for late starts.
bool is_still_due(WallTime own_time, milliseconds length, WallTime now, milliseconds late_limit);

// Whether an order that is armed and has not started may stay with its deck: not when the clock is not to be
// trusted or was set back before the preload, and not when it is too late.
bool may_stay_armed(WallTime start, const Moment& moment, const StartRules& rules);

// Why it was missed: "off" (the station was), "clock" (it was not trusted), "deck" (none was up) or "late"
// (what was on air before it ran over).
const char* why_missed(WallTime start, const Moment& moment);
// A start of which no file is left.
inline constexpr auto kNoFiles = "courseware";
// A start that the station's clock never showed, because somebody set it past it.
inline constexpr auto kClockSet = "clock";

}  // namespace edu::scheduler
