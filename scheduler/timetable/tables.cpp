// The scheduler's lists for a reader.
#include <fmt/format.h>

#include "library/courseware.h"
#include "scheduler/timetable/timeline.h"

namespace edu::scheduler {
namespace {

Table empty_table(const char* name, std::initializer_list<const char*> keys, Language language) {
  Table table;
  table.title = text(language, fmt::format("scheduler.title.{}", name));
  for (const auto* key : keys)
    table.columns.push_back({key, text(language, fmt::format("scheduler.column.{}", key))});
  return table;
}

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
  auto table = empty_table(
      "timeline",
      {"number", "start", "end", "programme", "title", "lecturer", "audience", "place", "kind", "state"},
      language);
  for (const auto& one : timeline)
    table.rows.push_back({std::to_string(one.number), zone.iso8601(one.start), zone.iso8601(one.end),
                          std::to_string(one.programme), one.title, one.lecturer, one.audience, one.place,
                          kind_text(one.kind, language),
                          text(language, fmt::format("scheduler.state.{}", to_string(one.state)))});
  return table;
}

Table programme_table(const std::vector<Programme>& programmes, WallTime now, Language language) {
  auto table = empty_table(
      "programmes",
      {"programme", "title", "kind", "next", "local_start", "rrule", "rundown", "groups", "place", "state"},
      language);
  for (const auto& one : programmes) {
    const auto coming = next_start(one, now);
    table.rows.push_back(
        {std::to_string(one.id), one.title, kind_text(one.kind, language),
         coming ? Zone(one.zone).iso8601(*coming) : "", edu::to_string(one.local_start), one.rrule,
         labels(one.rundown), joined(one.groups, language), one.place,
         text(language, fmt::format("scheduler.state.{}", standing(one, coming.has_value())))});
  }
  return table;
}

}  // namespace edu::scheduler
