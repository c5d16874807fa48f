// When a plan is due: by the same schedules as the timetable's (calendar/schedule.h), so that rules, zones
// and changes of the clocks mean the same in both. Pure.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "receiver/live/plan.h"

namespace edu::live {

// Whether a plan may stand beside the others. Refusals: live.minutes {most}, live.overlap {title, start, end,
// other_start, other_end} (conflict) with one of the same channel or with itself, and those of
// calendar::check.
Result<void> check(const Plan& plan, const std::vector<Plan>& others, WallTime now);

struct Due {
  Plan plan;
  LocalTime local{};
  WallTime start{}, end{};  // its time alone, half open
};
// What starts in [from, to) and was neither begun nor missed, in order.
std::vector<Due> due(const std::vector<Plan>& plans, WallTime from, WallTime to);

}  // namespace edu::live
