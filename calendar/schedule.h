// A schedule: a recurrence in a time zone, as an edit hands it in, and the instants that it gives; and
// whether two schedules get into each other's way. What is scheduled (a programme, a recording) is not known
// here. Pure: only the caller knows what time it is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "calendar/recurrence.h"

namespace edu::calendar {

// Times are local times of `zone`.
struct Schedule {
  LocalTime first{};                  // it must be one of the rule's
  std::string rrule;                  // RFC 5545 without the "RRULE:"; empty: once
  std::set<LocalTime> except, extra;  // EXDATE and RDATE
  std::string zone;                   // IANA
  WallTime added{};                   // what would have started before is no occurrence of it
};

inline constexpr std::size_t kLongestZone = 120;  // bytes of its name
// Conflicts are looked for so far ahead of the first occurrence that is still to come.
inline constexpr int kConflictDays = 366;
// A rule may give this many occurrences in kConflictDays: one per hour. More is a slip of the pen.
inline constexpr std::size_t kMostOccurrences = 24 * 366;
// A first start further ahead is taken for a slip in the year.
inline constexpr std::chrono::days kFurthestStart{5 * 366};
// An occurrence is no longer: a search for conflicts looks back this far for what still runs.
inline constexpr std::chrono::hours kLongestOccurrence{24};

// Refusals of Rule::parse.
Result<Recurrence> recurrence_of(const Schedule& schedule);

// Whether it may stand, at `now`: zone, rule and exceptions make sense, and it is not over. Refusals, each
// with what would be right: calendar.zone_unknown, those of Rule::parse, start_not_in_rule, exdate_none,
// past_start, past_rule, too_far, too_many.
Result<void> check(const Schedule& schedule, WallTime now);

struct Start {
  LocalTime local{};
  WallTime at{};
};
// What starts in [from, to), in order. A schedule whose zone or rule this machine cannot read gives nothing.
// A local time that a change of the clocks skips starts at the change; one that comes twice starts the first
// time.
std::vector<Start> starts(const Schedule& schedule, WallTime from, WallTime to);

// The first start at or after `from`; nullopt when it is over.
std::optional<WallTime> next_start(const Schedule& schedule, WallTime from);

// A schedule whose occurrences last `length`, by the number that its owner gave it.
struct Planned {
  std::int64_t no = 0;
  Schedule schedule;
  milliseconds length{0};
};
struct Interval {
  std::int64_t no = 0;
  WallTime start{}, end{};  // half open
  bool operator==(const Interval&) const = default;
};
struct Conflict {
  Interval wanted, with;  // `with` may be of the same number
  bool operator==(const Conflict&) const = default;
};

// The first two that overlap, of which at least one is of `wanted`. Both lists by start.
std::optional<Conflict> find_conflict(const std::vector<Interval>& wanted,
                                      const std::vector<Interval>& others);
// Whether `wanted` has room beside `others`, and beside itself. Looks kConflictDays ahead from its first
// occurrence that is still to come; what collides later is seen on the day.
std::optional<Conflict> find_conflict(const Planned& wanted, const std::vector<Planned>& others,
                                      WallTime now);
// The arguments of a text about it: start, end, other_start, other_end in the zone of `schedule`.
std::map<std::string, std::string> conflict_args(const Conflict& conflict, const Schedule& schedule);

}  // namespace edu::calendar
