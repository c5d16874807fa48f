// The text of an RRULE (RFC 5545, 3.3.10) becomes a validated rule. Pure: no clock, no zone; local times
// float.
//
// What libical 3.0.16, which iterates the rules (rule_iterator.h), gets wrong is refused here: BYWEEKNO,
// BYSETPOS with times, days from the end of the month in a daily rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace edu::calendar {

inline constexpr std::size_t kLongestRule = 500;  // bytes of its text
inline constexpr int kMostCount = 10'000;         // of COUNT: three a day for nine years

class Rule {
 public:
  // Names in any case. Refusals, each with the part that is wrong: calendar.rrule_length, rrule_part,
  // rrule_twice, rrule_value, rrule_freq (missing, or below a day), rrule_together, rrule_needs,
  // rrule_invalid.
  static Result<Rule> parse(std::string_view text);

  std::string text() const;                          // normalised: upper case, COUNT and UNTIL last
  const std::string& days() const { return days_; }  // what says on which days: no times, COUNT, UNTIL
  int count() const { return count_; }               // 0: none
  std::optional<LocalTime> until() const { return until_; }  // included
  // At which seconds of each day, in order, of a rule that begins at `first`: 1 to 86,400 of them.
  std::vector<seconds> times(LocalTime first) const;

 private:
  std::string core_;  // without COUNT and UNTIL
  std::string days_;
  std::vector<int> hours_, minutes_, seconds_;  // ascending; none: those of the first
  int count_ = 0;
  std::optional<LocalTime> until_;
};

}  // namespace edu::calendar
