// Recurrence: the text of an RRULE (RFC 5545, 3.3.10) becomes a validated rule, and a rule the local times it
// gives. Pure: no clock, no zone; local times float. Zones turn them into instants in timeline.h.
//
// libical iterates the rule and does nothing else: its version 3.0.16 misplaces zoned RDATE and repeats the
// day after a DST gap, so EXDATE, RDATE, COUNT, UNTIL and zones are ours. Parts and pairs of parts that it
// gets wrong are refused: BYWEEKNO, BYSETPOS with times, days from the end of the month in a daily rule
// (recurrence.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace edu::calendar {

inline constexpr std::size_t kLongestRule = 500;  // bytes of its text

class Rule {
 public:
  // Names in any case. Refusals, each with the part that is wrong: scheduler.rrule_length, rrule_part,
  // rrule_twice, rrule_value, rrule_freq (missing, or below a day), rrule_together, rrule_needs,
  // rrule_invalid.
  static Result<Rule> parse(std::string_view text);

  std::string text() const;                                  // normalised: upper case, COUNT and UNTIL last
  const std::string& core() const { return core_; }          // without COUNT and UNTIL
  int count() const { return count_; }                       // 0: none
  std::optional<LocalTime> until() const { return until_; }  // included

 private:
  std::string core_;
  int count_ = 0;
  std::optional<LocalTime> until_;
};

// When a programme begins: by the rule, or once at `first`; without `except`, and also at `extra`.
struct Recurrence {
  LocalTime first{};
  std::optional<Rule> rule;
  std::set<LocalTime> except, extra;
};

// Whether the rule gives `first` itself. A rule that never gives anything (29 February on a Monday in an odd
// year) is told within milliseconds.
bool fits(const Rule& rule, LocalTime first);

struct Expansion {
  std::vector<LocalTime> starts;  // ascending, each once
  bool cut = false;               // there would have been more than the bound
};

// What lies in [from, to), at most `most` of them.
Expansion expand(const Recurrence& recurrence, LocalTime from, LocalTime to, std::size_t most);

// The first at or after `from`; nullopt when it is over.
std::optional<LocalTime> next(const Recurrence& recurrence, LocalTime from);

}  // namespace edu::calendar
