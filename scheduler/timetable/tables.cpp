// The scheduler's lists for a reader.
#include <fmt/format.h>

#include "library/courseware.h"
#include "scheduler/timetable/timeline.h"

namespace edu::scheduler {
namespace {

std::string kind_text(Kind kind, Language language) {
  return text(language, fmt::format("scheduler.kind.{}", to_string(kind)));
}

std::string joined(const std::vector<std::string>& names, Language language) {
  return names.empty() ? text(language, "scheduler.everybody") : fmt::format("{}", fmt::join(names, "、"));
}

std::string labels(const std::vector<std::int64_t>& rundown) {
  std::vector<std::string> list;
  for (const auto no : rundown) list.push_back(library::courseware_label(no));
  return fmt::format("{}", fmt::join(list, ", "));
}

const char* standing(const Programme& programme, bool comes) {
  if (programme.cancelled) return "cancelled";
  return comes ? "planned" : "over";
}

}  // namespace

Table timeline_table(const std::vector<Occurrence>& timeline, const Zone& zone, Language language) {
  auto table = headed(
      language, "scheduler.column",
      {"number", "start", "end", "programme", "title", "lecturer", "audience", "place", "kind", "state"});
  table.title = text(language, "scheduler.title.timeline");
  for (const auto& one : timeline)
    table.rows.push_back({Count{static_cast<std::int64_t>(one.number)}, zone.instant(one.start),
                          zone.instant(one.end), Count{one.programme}, one.title, one.lecturer, one.audience,
                          one.place, kind_text(one.kind, language),
                          text(language, fmt::format("scheduler.state.{}", to_string(one.state)))});
  name_year(table);
  return table;
}

Table programme_table(const std::vector<Programme>& programmes, WallTime now, Language language) {
  auto table = headed(
      language, "scheduler.column",
      {"programme", "title", "kind", "next", "local_start", "rrule", "rundown", "groups", "place", "state"});
  table.title = text(language, "scheduler.title.programmes");
  for (const auto& one : programmes) {
    const Zone zone(one.zone);
    const auto coming = next_start(one, now);
    table.rows.push_back(
        {Count{one.id}, one.title, kind_text(one.kind, language),
         coming ? Cell(zone.instant(*coming)) : Cell(Text()), zone.instant(zone.to_utc(one.local_start)),
         one.rrule, labels(one.rundown), joined(one.groups, language), one.place,
         text(language, fmt::format("scheduler.state.{}", standing(one, coming.has_value())))});
  }
  return table;
}

}  // namespace edu::scheduler
