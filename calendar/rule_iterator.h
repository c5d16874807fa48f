// libical behind one class: the days that a rule gives, one after the other, up to a last one. It does
// nothing else for us: its version 3.0.16 misplaces zoned RDATE and repeats the day after a DST gap, and goes
// through each second of a day that does not count, so EXDATE, RDATE, COUNT, UNTIL, times of the day and
// zones are ours (recurrence.h, schedule.h). Without a last day it searches to the year 2582 for what never
// comes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/time.h"

struct icalrecur_iterator_impl;

namespace edu::calendar {

// Whether libical can read the rule.
bool can_iterate(const std::string& days);

class RuleIterator {
 public:
  // Of a rule that begins on `first`. `days`: Rule::days(). A search costs some microseconds for each day
  // that it passes, at most those up to `last`.
  RuleIterator(const std::string& days, LocalDate first, LocalDate last);

  // Goes on with what comes on or after `from`; somewhat earlier days may come too.
  void skip_to(LocalDate from);
  // nullopt: there is no more until `last`.
  std::optional<LocalDate> next();

 private:
  struct Free {
    void operator()(icalrecur_iterator_impl* iterator) const noexcept;
  };
  std::unique_ptr<icalrecur_iterator_impl, Free> iterator_;  // null: the rule never gives anything
};

}  // namespace edu::calendar
