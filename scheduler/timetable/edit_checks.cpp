#include "scheduler/timetable/edit_checks.h"

#include <algorithm>

#include "library/courseware.h"

namespace edu::scheduler {
namespace {

Unexpected no(std::string code, Args args, Refusal::Kind kind = Refusal::Kind::invalid) {
  return refuse("scheduler." + std::move(code), std::move(args), kind);
}

Result<void> check_text(const char* field, const std::string& value, std::size_t most) {
  if (value.size() <= most) return {};
  return no("text_length", {{"field", field}, {"most", std::to_string(most)}});
}

Result<void> check_count(const char* field, std::size_t count, std::size_t most) {
  if (count <= most) return {};
  return no("field_many", {{"field", field}, {"most", std::to_string(most)}});
}

// A slip of the finger, or of the clock: nothing of that time is ever shown.
Result<void> check_century(const Programme& programme) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(programme.local_start));
  if (day.year() >= std::chrono::year(2000)) return {};
  return no("past_century", {{"start", edu::to_string(programme.local_start)}});
}

Result<void> check_fields(const Programme& programme) {
  if (programme.title.empty()) return no("text_missing", {{"field", "title"}});
  if (programme.rundown.empty()) return no("rundown_empty", {});
  if (auto good = check_text("title", programme.title, kLongestTitle); !good) return good;
  if (auto good = check_text("tutor", programme.tutor, kLongestName); !good) return good;
  if (auto good = check_text("chair", programme.chair, kLongestName); !good) return good;
  if (auto good = check_text("place", programme.place, kLongestName); !good) return good;
  if (auto good = check_count("rundown", programme.rundown.size(), kMostItems); !good) return good;
  if (auto good = check_count("groups", programme.groups.size(), kMostGroups); !good) return good;
  if (auto good = check_count("exdates", programme.exdates.size(), kMostExceptions); !good) return good;
  if (auto good = check_count("rdates", programme.rdates.size(), kMostExceptions); !good) return good;
  if (auto good = check_century(programme); !good) return good;
  for (const auto& group : programme.groups) {
    if (group.empty()) return no("text_missing", {{"field", "groups"}});
    if (auto good = check_text("groups", group, kLongestName); !good) return good;
  }
  return {};
}

Result<void> check_length(const Programme& programme, const Courses& courses) {
  for (const auto number : programme.rundown) {
    const auto found = courses.find(number);
    if (found == courses.end() || found->second.duration <= milliseconds(0))
      return no("no_duration", {{"no", library::courseware_label(number)}});
  }
  const auto length = length_of(programme, courses);
  if (length <= calendar::kLongestOccurrence) return {};
  return no("too_long",
            {{"length", clock_duration(length)}, {"most", clock_duration(calendar::kLongestOccurrence)}});
}

calendar::Planned planned(const Programme& programme, const Courses& courses) {
  return {programme.id, schedule_of(programme), length_of(programme, courses)};
}

}  // namespace

Result<void> check_plan(const Programme& programme, WallTime now) {
  if (auto good = check_fields(programme); !good) return good;
  return calendar::check(schedule_of(programme), now);
}

Result<void> check_room(const Programme& programme, const std::vector<Programme>& others,
                        const Courses& courses, WallTime now) {
  if (auto good = check_length(programme, courses); !good) return good;
  std::vector<calendar::Planned> beside;
  for (const auto& other : others)
    if (!other.cancelled) beside.push_back(planned(other, courses));
  const auto conflict = calendar::find_conflict(planned(programme, courses), beside, now);
  if (!conflict) return {};
  auto args = calendar::conflict_args(*conflict, schedule_of(programme));
  const auto other = std::ranges::find(others, conflict->with.no, &Programme::id);
  if (conflict->with.no == programme.id || other == others.end())
    return no("overlaps_itself", args, Refusal::Kind::conflict);
  args["other"] = std::to_string(other->id);
  args["title"] = other->title;
  return no("conflict", args, Refusal::Kind::conflict);
}

}  // namespace edu::scheduler
