#include "scheduler/timetable/edit_checks.h"

#include <algorithm>
#include <stdexcept>

#include "calendar/zone.h"
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

std::optional<Zone> zone_of(const Programme& programme) {
  if (programme.zone.size() > kLongestName) return std::nullopt;
  try {
    return Zone(programme.zone);
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

// The rule, and that the start and the exceptions are of it. A start that is not the rule's own first is
// refused: RFC 5545 leaves open what it then means, and an operator who wrote "Sunday the 22nd, every Monday"
// slipped.
Check check_rule(const Programme& programme) {
  const auto recurrence = recurrence_of(programme);
  if (!recurrence) return recurrence.error();
  if (recurrence->rule && !fits(*recurrence->rule, programme.local_start))
    return no("start_not_in_rule",
              {{"start", edu::to_string(programme.local_start)}, {"rule", recurrence->rule->text()}});
  auto all = *recurrence;
  all.except.clear();
  for (const auto date : programme.exdates)
    if (expand(all, date, date + seconds(1), 1).starts.empty())
      return no("exdate_none", {{"start", edu::to_string(date)}});
  return std::nullopt;
}

Check check_time(const Programme& programme, const Zone& zone, WallTime now) {
  const Args args{{"start", zone.iso8601(zone.to_utc(programme.local_start))}, {"now", zone.iso8601(now)}};
  const bool once = programme.rrule.empty() && programme.rdates.empty();
  if (!next_start(programme, now)) return no(once ? "past_start" : "past_rule", args);
  if (zone.to_utc(programme.local_start) > now + kFurthestStart) return no("too_far", args);
  const auto from = zone.to_local(*next_start(programme, now));
  const auto coming =
      expand(*recurrence_of(programme), from, from + std::chrono::days(kConflictDays), kMostOccurrences);
  if (!coming.cut) return std::nullopt;
  return no("too_many",
            {{"most", std::to_string(kMostOccurrences)}, {"days", std::to_string(kConflictDays)}});
}

Check check_length(const Programme& programme, const Courses& courses) {
  milliseconds length{0};
  for (const auto number : programme.rundown) {
    const auto found = courses.find(number);
    if (found == courses.end() || found->second.duration <= milliseconds(0))
      return no("no_duration", {{"no", library::courseware_label(number)}});
    length += found->second.duration;
  }
  if (length <= kLongestProgramme) return std::nullopt;
  return no("too_long", {{"length", clock_duration(length)}, {"most", clock_duration(kLongestProgramme)}});
}

Refusal describe(const Conflict& conflict, const Zone& zone) {
  const auto& wanted = conflict.wanted;
  const auto& with = conflict.with;
  Args args{{"start", zone.iso8601(wanted.start)},
            {"end", zone.iso8601(wanted.end)},
            {"other_start", zone.iso8601(with.start)},
            {"other_end", zone.iso8601(with.end)}};
  if (with.programme == wanted.programme) return *no("overlaps_itself", args, Refusal::Kind::conflict);
  args["other"] = std::to_string(with.programme);
  args["title"] = with.title;
  return *no("conflict", args, Refusal::Kind::conflict);
}

}  // namespace

std::optional<Refusal> check_plan(const Programme& programme, WallTime now) {
  if (auto bad = check_fields(programme)) return bad;
  const auto zone = zone_of(programme);
  if (!zone) return no("zone_unknown", {{"zone", programme.zone.substr(0, kLongestName)}});
  if (auto bad = check_rule(programme)) return bad;
  return check_time(programme, *zone, now);
}

std::optional<Refusal> check_room(const Programme& programme, const std::vector<Programme>& others,
                                  const Courses& courses, WallTime now) {
  if (auto bad = check_length(programme, courses)) return bad;
  const auto from = next_start(programme, now).value_or(now);
  const auto to = from + std::chrono::days(kConflictDays);
  const auto wanted = resolve({programme}, courses, from, to);
  // What is left of the others; one that runs into the window from before it counts too.
  const auto taken = resolve(others, courses, from - kLongestProgramme, to);
  if (const auto conflict = find_conflict(wanted, taken)) return describe(*conflict, Zone(programme.zone));
  return std::nullopt;
}

}  // namespace edu::scheduler
