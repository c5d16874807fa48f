// Recurrence: the local times that a rule with its exceptions gives. Pure: no clock, no zone; local times
// float, and schedule.h turns them into instants.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "base/time.h"
#include "calendar/rule.h"

namespace edu::calendar {

// When something begins: by the rule, or once at `first`; without `except`, and also at `extra`.
struct Recurrence {
  LocalTime first{};
  std::optional<Rule> rule;
  std::set<LocalTime> except, extra;
};

// Whether the rule gives `first` itself.
bool fits(const Rule& rule, LocalTime first);

// The first of `except` that neither the rule nor `extra` gives, found in one walk over them; nullopt: each
// is given.
std::optional<LocalTime> never_given(const Recurrence& recurrence);

struct Expansion {
  std::vector<LocalTime> starts;  // ascending, each once
  bool cut = false;               // there would have been more than the bound
};

// What lies in [from, to), at most `most` of them.
Expansion expand(const Recurrence& recurrence, LocalTime from, LocalTime to, std::size_t most);

// A rule that gives nothing for so long is taken for one that is over: 29 February falls on a Monday every 28
// years, and once in 40 where a century has no leap day. It bounds the work of one search.
inline constexpr std::chrono::days kLongestGap{50 * 366};

// The first at or after `from`; nullopt when it is over.
std::optional<LocalTime> next(const Recurrence& recurrence, LocalTime from);

}  // namespace edu::calendar
