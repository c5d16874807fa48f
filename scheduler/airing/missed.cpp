#include "scheduler/airing/missed.h"

#include <algorithm>

namespace edu::scheduler {
namespace {

// An armed order is taken back when the clock was set back by more than this before its preload.
constexpr milliseconds kEarly{1000};
constexpr milliseconds kLongestDelay{300'000};  // of an item after an interruption

}  // namespace

WallTime last_chance(WallTime start, const StartRules& rules) { return start + rules.late_limit; }

bool may_start(WallTime start, WallTime now, const StartRules& rules) {
  return now <= last_chance(start, rules);
}

bool is_still_due(WallTime own_time, milliseconds length, WallTime now, milliseconds late_limit) {
  return now <= own_time + std::max(late_limit, std::min(length / 2, kLongestDelay));
}

bool may_stay_armed(WallTime start, const Moment& moment, const StartRules& rules) {
  return moment.trust != ClockTrust::untrusted && moment.now >= start - rules.preload - kEarly &&
         may_start(start, moment.now, rules);
}

const char* why_missed(WallTime start, const Moment& moment) {
  if (start < moment.now - moment.up_for) return "off";
  if (moment.trust == ClockTrust::untrusted) return "clock";
  return moment.deck_up ? "late" : "deck";
}

}  // namespace edu::scheduler
