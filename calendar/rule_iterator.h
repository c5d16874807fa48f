// libical behind one class: the local times that a rule without COUNT and UNTIL gives, one after the other.
// It does nothing else for us: its version 3.0.16 misplaces zoned RDATE and repeats the day after a DST gap,
// so EXDATE, RDATE, COUNT, UNTIL and zones are ours (recurrence.h, schedule.h).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/time.h"

struct icalrecur_iterator_impl;

namespace edu::calendar {

// Whether libical can read the rule.
bool can_iterate(const std::string& core);

class RuleIterator {
 public:
  // Of a rule that begins at `first`. `core`: Rule::core().
  RuleIterator(const std::string& core, LocalTime first);

  // Goes on with what comes at or after `from`; somewhat earlier times may come too.
  void skip_to(LocalTime from);
  // nullopt: there is no more before the end of libical's time, the year 2582.
  std::optional<LocalTime> next();

 private:
  struct Free {
    void operator()(icalrecur_iterator_impl* iterator) const noexcept;
  };
  std::unique_ptr<icalrecur_iterator_impl, Free> iterator_;  // null: the rule never gives anything
};

}  // namespace edu::calendar
