// Whether a programme may stand in the timetable: the refusals of an edit, each with what would be right.
// Pure.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "scheduler/timetable/timeline.h"

namespace edu::scheduler {

// A rundown is shorter: the conflict check looks back this far for what still runs.
inline constexpr std::chrono::hours kLongestProgramme{24};
// A first start further ahead is taken for a slip in the year.
inline constexpr std::chrono::days kFurthestStart{5 * 366};

// What can be said without the courseware: fields, zone, rule, exceptions, and that it is not over at `now`.
// scheduler.text_missing, text_length, rundown_empty, field_many, zone_unknown, those of Rule::parse,
// start_not_in_rule, exdate_none, past_start, past_rule, too_far, too_many.
std::optional<Refusal> check_plan(const Programme& programme, WallTime now);

// What depends on the courseware and the other programmes. scheduler.no_duration, too_long, overlaps_itself,
// conflict. Looks kConflictDays ahead from the first occurrence that is still to come; what collides later is
// seen on the day, when the second of the two starts late or is missed.
std::optional<Refusal> check_room(const Programme& programme, const std::vector<Programme>& others,
                                  const Courses& courses, WallTime now);

}  // namespace edu::scheduler
