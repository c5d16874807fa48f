#include "scheduler/timetable/edit_checks.h"

#include <algorithm>

#include "library/courseware.h"

namespace edu::scheduler {
namespace {

using Check = std::optional<Refusal>;

Check no(std::string code, Args args, Refusal::Kind kind = Refusal::Kind::invalid) {
  return Refusal{"scheduler." + std::move(code), std::move(args), kind};
}

Check check_text(const char* field, const std::string& value, std::size_t most) {
  if (value.size() <= most) return std::nullopt;
  return no("text_length", {{"field", field}, {"most", std::to_string(most)}});
}

Check check_count(const char* field, std::size_t count, std::size_t most) {
  if (count <= most) return std::nullopt;
  return no("field_many", {{"field", field}, {"most", std::to_string(most)}});
}

Check check_fields(const Programme& programme) {
  if (programme.title.empty()) return no("text_missing", {{"field", "title"}});
  if (programme.rundown.empty()) return no("rundown_empty", {});
  if (auto bad = check_text("title", programme.title, kLongestTitle)) return bad;
  if (auto bad = check_text("tutor", programme.tutor, kLongestName)) return bad;
  if (auto bad = check_text("chair", programme.chair, kLongestName)) return bad;
  if (auto bad = check_text("place", programme.place, kLongestName)) return bad;
  if (auto bad = check_count("rundown", programme.rundown.size(), kMostItems)) return bad;
  if (auto bad = check_count("groups", programme.groups.size(), kMostGroups)) return bad;
  if (auto bad = check_count("exdates", programme.exdates.size(), kMostExceptions)) return bad;
  if (auto bad = check_count("rdates", programme.rdates.size(), kMostExceptions)) return bad;
  for (const auto& group : programme.groups) {
    if (group.empty()) return no("text_missing", {{"field", "groups"}});
    if (auto bad = check_text("groups", group, kLongestName)) return bad;
  }
  return std::nullopt;
}

Check check_length(const Programme& programme, const Courses& courses) {
  for (const auto number : programme.rundown) {
    const auto found = courses.find(number);
    if (found == courses.end() || found->second.duration <= milliseconds(0))
      return no("no_duration", {{"no", library::courseware_label(number)}});
  }
  const auto length = length_of(programme, courses);
  if (length <= calendar::kLongestOccurrence) return std::nullopt;
  return no("too_long",
            {{"length", clock_duration(length)}, {"most", clock_duration(calendar::kLongestOccurrence)}});
}

calendar::Planned planned(const Programme& programme, const Courses& courses) {
  return {programme.id, schedule_of(programme), length_of(programme, courses)};
}

}  // namespace

std::optional<Refusal> check_plan(const Programme& programme, WallTime now) {
  if (auto bad = check_fields(programme)) return bad;
  return calendar::check(schedule_of(programme), now);
}

std::optional<Refusal> check_room(const Programme& programme, const std::vector<Programme>& others,
                                  const Courses& courses, WallTime now) {
  if (auto bad = check_length(programme, courses)) return bad;
  std::vector<calendar::Planned> beside;
  for (const auto& other : others)
    if (!other.cancelled) beside.push_back(planned(other, courses));
  const auto conflict = calendar::find_conflict(planned(programme, courses), beside, now);
  if (!conflict) return std::nullopt;
  auto args = calendar::conflict_args(*conflict, schedule_of(programme));
  const auto other = std::ranges::find(others, conflict->with.no, &Programme::id);
  if (conflict->with.no == programme.id || other == others.end())
    return no("overlaps_itself", args, Refusal::Kind::conflict);
  args["other"] = std::to_string(other->id);
  args["title"] = other->title;
  return no("conflict", args, Refusal::Kind::conflict);
}

}  // namespace edu::scheduler
