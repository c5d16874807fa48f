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

icaltimetype to_ical(LocalTime local) {
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(local - day);
  auto out = icaltime_null_time();
  out.year = static_cast<int>(date.year());
  out.month = static_cast<int>(static_cast<unsigned>(date.month()));
  out.day = static_cast<int>(static_cast<unsigned>(date.day()));
  out.hour = static_cast<int>(time.hours().count());
  out.minute = static_cast<int>(time.minutes().count());
  out.second = static_cast<int>(time.seconds().count());
  return out;
}

LocalTime from_ical(const icaltimetype& time) {
  const std::chrono::year_month_day date(std::chrono::year(time.year),
                                         std::chrono::month(static_cast<unsigned>(time.month)),
                                         std::chrono::day(static_cast<unsigned>(time.day)));
  return LocalTime(LocalDate(date)) + std::chrono::hours(time.hour) + std::chrono::minutes(time.minute) +
         seconds(time.second);
}

}  // namespace

bool can_iterate(const std::string& core) {
  keep_alive();
  icalerror_clear_errno();
  return icalrecurrencetype_from_string(core.c_str()).freq != ICAL_NO_RECURRENCE;
}

void RuleIterator::Free::operator()(icalrecur_iterator_impl* iterator) const noexcept {
  icalrecur_iterator_free(iterator);
}

RuleIterator::RuleIterator(const std::string& core, LocalTime first) {
  keep_alive();
  iterator_.reset(icalrecur_iterator_new(icalrecurrencetype_from_string(core.c_str()), to_ical(first)));
}

void RuleIterator::skip_to(LocalTime from) {
  if (iterator_) icalrecur_iterator_set_start(iterator_.get(), to_ical(from));
}

std::optional<LocalTime> RuleIterator::next() {
  if (!iterator_) return std::nullopt;
  const auto time = icalrecur_iterator_next(iterator_.get());
  if (icaltime_is_null_time(time)) return std::nullopt;
  return from_ical(time);
}

}  // namespace edu::calendar
