// The resolver: programmes and the durations of their courses become the numbered timeline, what is on the
// air when. Pure: the same programmes give the same timeline, and only the caller knows what time it is.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/messages.h"
#include "base/table.h"
#include "base/time.h"
#include "calendar/zone.h"
#include "scheduler/timetable/programme.h"

namespace edu::scheduler {

// What the timeline must know of a course; it never changes, for a course is what its digest says.
struct Course {
  std::string title, lecturer, audience;
  milliseconds duration{0};
};
using Courses = std::map<std::int64_t, Course>;

struct Item {
  std::int64_t courseware = 0;
  std::string title;
  milliseconds duration{0};
};

enum class State { planned, on_air, aired, missed };
const char* to_string(State state);

struct Occurrence {
  int number = 0;  // in its timeline, from 1
  std::int64_t programme = 0;
  std::string title;
  Kind kind = Kind::group;
  LocalTime local_start{};
  WallTime start{}, end{};  // half open; the end is the start and the rundown's durations
  std::vector<Item> rundown;
  std::vector<std::string> groups;
  std::string tutor, chair, place;
  std::string lecturer, audience;  // of the rundown, each once
  State state = State::planned;

  std::string key() const { return occurrence_key(programme, local_start); }
};

// The durations of the rundown.
milliseconds length_of(const Programme& programme, const Courses& courses);

// What starts in [from, to), by start, then programme. A programme that is cancelled, or whose zone or rule
// this machine cannot read, gives nothing; a course that `courses` lacks gives an item without duration.
std::vector<Occurrence> resolve(const std::vector<Programme>& programmes, const Courses& courses,
                                WallTime from, WallTime to);

// The first occurrence at or after `from`; nullopt when the programme is over or cancelled.
std::optional<WallTime> next_start(const Programme& programme, WallTime from);

// 节目预告, the notice of programmes (docs/domain.md).
Table timeline_table(const std::vector<Occurrence>& timeline, const Zone& zone, Language language);
// The list of programmes, with the next start after `now`.
Table programme_table(const std::vector<Programme>& programmes, WallTime now, Language language);

}  // namespace edu::scheduler
