#include "calendar/schedule.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include "calendar/zone.h"

namespace edu::calendar {
namespace {

using Args = std::map<std::string, std::string>;

// Local times are cut this much wider than the instants: more than any change of clocks, the loss of a whole
// day at the date line included.
constexpr std::chrono::hours kZoneMargin{25};

Unexpected no(std::string code, Args args) { return refuse("calendar." + std::move(code), std::move(args)); }

// nullopt: tzdata does not know the name, or has lost it since.
std::optional<Zone> zone_of(const Schedule& schedule) {
  if (schedule.zone.size() > kLongestZone) return std::nullopt;
  try {
    return Zone(schedule.zone);
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

// The rule, and that the start and the exceptions are of it. A start that is not the rule's own first is
// refused: RFC 5545 leaves open what it then means, and an operator who wrote "Sunday the 22nd, every Monday"
// slipped.
Result<void> check_rule(const Schedule& schedule) {
  const auto recurrence = recurrence_of(schedule);
  if (!recurrence) return Unexpected(recurrence.error());
  if (recurrence->rule && !fits(*recurrence->rule, schedule.first))
    return no("start_not_in_rule",
              {{"start", to_string(schedule.first)}, {"rule", recurrence->rule->text()}});
  if (const auto none = never_given(*recurrence)) return no("exdate_none", {{"start", to_string(*none)}});
  return {};
}

Result<void> check_time(const Schedule& schedule, const Zone& zone, WallTime now) {
  const Args args{{"start", zone.iso8601(zone.to_utc(schedule.first))}, {"now", zone.iso8601(now)}};
  const bool once = schedule.rrule.empty() && schedule.extra.empty();
  const auto coming = next_start(schedule, now);
  if (!coming) return no(once ? "past_start" : "past_rule", args);
  if (zone.to_utc(schedule.first) > now + kFurthestStart) return no("too_far", args);
  const auto from = zone.to_local(*coming);
  const auto year =
      expand(*recurrence_of(schedule), from, from + std::chrono::days(kConflictDays), kMostOccurrences);
  if (!year.cut) return {};
  return no("too_many",
            {{"most", std::to_string(kMostOccurrences)}, {"days", std::to_string(kConflictDays)}});
}

std::vector<Interval> intervals(const std::vector<Planned>& list, WallTime from, WallTime to) {
  std::vector<Interval> out;
  for (const auto& one : list)
    for (const auto& start : starts(one.schedule, from, to))
      out.push_back({one.no, start.at, start.at + one.length});
  auto order = [](const Interval& one) { return std::tuple(one.start, one.no); };
  std::ranges::stable_sort(out, {}, order);
  return out;
}

}  // namespace

Result<Recurrence> recurrence_of(const Schedule& schedule) {
  Recurrence recurrence{schedule.first, std::nullopt, schedule.except, schedule.extra};
  if (schedule.rrule.empty()) return recurrence;
  auto rule = Rule::parse(schedule.rrule);
  if (!rule) return Unexpected(rule.error());
  recurrence.rule = *std::move(rule);
  return recurrence;
}

Result<void> check(const Schedule& schedule, WallTime now) {
  const auto zone = zone_of(schedule);
  if (!zone) return no("zone_unknown", {{"zone", schedule.zone.substr(0, kLongestZone)}});
  if (auto good = check_rule(schedule); !good) return good;
  return check_time(schedule, *zone, now);
}

std::vector<Start> starts(const Schedule& schedule, WallTime from, WallTime to) {
  const auto zone = zone_of(schedule);
  const auto recurrence = recurrence_of(schedule);
  if (!zone || !recurrence) return {};
  const auto local = expand(*recurrence, zone->to_local(from) - kZoneMargin, zone->to_local(to) + kZoneMargin,
                            kMostOccurrences + 1);
  std::vector<Start> out;
  for (const auto time : local.starts) {
    const auto at = zone->to_utc(time);
    if (at >= std::max(from, schedule.added) && at < to) out.push_back({time, at});
  }
  return out;
}

std::optional<WallTime> next_start(const Schedule& schedule, WallTime from) {
  const auto zone = zone_of(schedule);
  const auto recurrence = recurrence_of(schedule);
  if (!zone || !recurrence) return std::nullopt;
  from = std::max(from, schedule.added);
  // By local time the search may begin too early, when the clocks have just been changed.
  for (auto local = zone->to_local(from) - kZoneMargin;;) {
    const auto found = next(*recurrence, local);
    if (!found) return std::nullopt;
    const auto start = zone->to_utc(*found);
    if (start >= from) return start;
    local = *found + seconds(1);
  }
}

std::optional<Conflict> find_conflict(const std::vector<Interval>& wanted,
                                      const std::vector<Interval>& others) {
  const Interval* latest_wanted = nullptr;  // of those passed, the one that ends last
  const Interval* latest_other = nullptr;
  auto overlaps = [](const Interval* before, const Interval& now) {
    return before && before->end > now.start;
  };
  auto later = [](const Interval* a, const Interval* b) { return !a || b->end > a->end ? b : a; };
  auto other = others.begin();
  auto pass_others = [&](const Interval* until) -> std::optional<Conflict> {
    for (; other != others.end() && (!until || other->start < until->start); ++other) {
      if (overlaps(latest_wanted, *other)) return Conflict{*latest_wanted, *other};
      latest_other = later(latest_other, &*other);
    }
    return std::nullopt;
  };
  for (const auto& one : wanted) {
    if (auto conflict = pass_others(&one)) return conflict;
    if (overlaps(latest_other, one)) return Conflict{one, *latest_other};
    if (overlaps(latest_wanted, one)) return Conflict{one, *latest_wanted};
    latest_wanted = later(latest_wanted, &one);
  }
  return pass_others(nullptr);
}

std::optional<Conflict> find_conflict(const Planned& wanted, const std::vector<Planned>& others,
                                      WallTime now) {
  const auto from = next_start(wanted.schedule, now).value_or(now);
  const auto to = from + std::chrono::days(kConflictDays);
  // What is left of the others; one that runs into the window from before it counts too.
  return find_conflict(intervals({wanted}, from, to), intervals(others, from - kLongestOccurrence, to));
}

std::map<std::string, std::string> conflict_args(const Conflict& conflict, const Schedule& schedule) {
  const Zone zone(schedule.zone);
  return {{"start", zone.iso8601(conflict.wanted.start)},
          {"end", zone.iso8601(conflict.wanted.end)},
          {"other_start", zone.iso8601(conflict.with.start)},
          {"other_end", zone.iso8601(conflict.with.end)}};
}

}  // namespace edu::calendar
