// The one source that sees libical.
#include "calendar/rule_iterator.h"

#include <libical/ical.h>

namespace edu::calendar {
namespace {

// Without this libical may abort() on bad input, depending on how it was built.
void keep_alive() {
  static const bool once = [] { return icalerror_set_errors_are_fatal(0), true; }();
  static_cast<void>(once);
}

// At midnight; not DATE values, which libical counts in another way than times.
icaltimetype to_ical(LocalDate day) {
  const std::chrono::year_month_day date(day);
  auto out = icaltime_null_time();
  out.year = static_cast<int>(date.year());
  out.month = static_cast<int>(static_cast<unsigned>(date.month()));
  out.day = static_cast<int>(static_cast<unsigned>(date.day()));
  return out;
}

LocalDate from_ical(const icaltimetype& time) {
  const std::chrono::year_month_day date(std::chrono::year(time.year),
                                         std::chrono::month(static_cast<unsigned>(time.month)),
                                         std::chrono::day(static_cast<unsigned>(time.day)));
  return LocalDate(date);
}

}  // namespace

bool can_iterate(const std::string& days) {
  keep_alive();
  icalerror_clear_errno();
  return icalrecurrencetype_from_string(days.c_str()).freq != ICAL_NO_RECURRENCE;
}

void RuleIterator::Free::operator()(icalrecur_iterator_impl* iterator) const noexcept {
  icalrecur_iterator_free(iterator);
}

RuleIterator::RuleIterator(const std::string& days, LocalDate first, LocalDate last) {
  keep_alive();
  auto rule = icalrecurrencetype_from_string(days.c_str());
  rule.until = to_ical(last);
  iterator_.reset(icalrecur_iterator_new(rule, to_ical(first)));
}

void RuleIterator::skip_to(LocalDate from) {
  if (iterator_) icalrecur_iterator_set_start(iterator_.get(), to_ical(from));
}

std::optional<LocalDate> RuleIterator::next() {
  if (!iterator_) return std::nullopt;
  const auto time = icalrecur_iterator_next(iterator_.get());
  if (icaltime_is_null_time(time)) return std::nullopt;
  return from_ical(time);
}

}  // namespace edu::calendar
