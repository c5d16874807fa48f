#include "scheduler/timetable/programme.h"

#include <fmt/format.h>

namespace edu::scheduler {

const char* to_string(Kind kind) {
  switch (kind) {
    case Kind::group:
      return "group";
    case Kind::open:
      return "open";
    case Kind::individual:
      return "individual";
  }
  return "";
}

std::optional<Kind> kind_of(std::string_view name) {
  for (const auto kind : {Kind::group, Kind::open, Kind::individual})
    if (name == to_string(kind)) return kind;
  return std::nullopt;
}

calendar::Schedule schedule_of(const Programme& programme) {
  calendar::Schedule schedule;
  schedule.first = programme.local_start;
  schedule.rrule = programme.rrule;
  schedule.except = programme.cancelled_dates;
  schedule.except.insert(programme.exdates.begin(), programme.exdates.end());
  schedule.extra = {programme.rdates.begin(), programme.rdates.end()};
  schedule.zone = programme.zone;
  schedule.added = programme.added;
  return schedule;
}

std::string occurrence_key(std::int64_t programme, LocalTime local_start) {
  return fmt::format("P{}@{}", programme, edu::to_string(local_start));
}

}  // namespace edu::scheduler
