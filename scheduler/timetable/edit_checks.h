// Whether a programme may stand in the timetable: the refusals of an edit, each with what would be right.
// Pure.
#pragma once

#include <vector>

#include "base/result.h"
#include "scheduler/timetable/timeline.h"

namespace edu::scheduler {

// What can be said without the courses: fields, and when it plays. scheduler.text_missing, text_length,
// rundown_empty, field_many, and those of calendar::check.
Result<void> check_plan(const Programme& programme, WallTime now);

// What depends on the courses and the other programmes. scheduler.no_duration, too_long, overlaps_itself,
// conflict; what collides later than calendar::kConflictDays is seen on the day, when the second of the two
// starts late or is missed.
Result<void> check_room(const Programme& programme, const std::vector<Programme>& others,
                        const Courses& courses, WallTime now);

}  // namespace edu::scheduler
