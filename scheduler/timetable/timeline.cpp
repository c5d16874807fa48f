#include "scheduler/timetable/timeline.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace edu::scheduler {
namespace {

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

Occurrence occurrence_of(const Programme& programme, const Courses& courses) {
  Occurrence occurrence;
  occurrence.programme = programme.id;
  occurrence.title = programme.title;
  occurrence.kind = programme.kind;
  occurrence.groups = programme.groups;
  occurrence.tutor = programme.tutor;
  occurrence.chair = programme.chair;
  occurrence.place = programme.place;
  std::vector<std::string> lecturers, audiences;
  for (const auto no : programme.rundown) {
    const auto found = courses.find(no);
    const Course course = found == courses.end() ? Course{} : found->second;
    occurrence.rundown.push_back({no, course.title, course.duration});
    add_once(lecturers, course.lecturer);
    add_once(audiences, course.audience);
  }
  occurrence.lecturer = fmt::format("{}", fmt::join(lecturers, "、"));
  occurrence.audience = fmt::format("{}", fmt::join(audiences, "、"));
  return occurrence;
}

std::tuple<WallTime, std::int64_t, LocalTime> place_of(const Occurrence& one) {
  return {one.start, one.programme, one.local_start};
}

}  // namespace

const char* to_string(State state) {
  switch (state) {
    case State::planned:
      return "planned";
    case State::on_air:
      return "on_air";
    case State::aired:
      return "aired";
    case State::missed:
      return "missed";
  }
  return "";
}

milliseconds length_of(const Programme& programme, const Courses& courses) {
  milliseconds length{0};
  for (const auto no : programme.rundown)
    if (const auto found = courses.find(no); found != courses.end()) length += found->second.duration;
  return length;
}

std::vector<Occurrence> resolve(const std::vector<Programme>& programmes, const Courses& courses,
                                WallTime from, WallTime to) {
  std::vector<Occurrence> timeline;
  for (const auto& programme : programmes) {
    if (programme.cancelled) continue;
    auto occurrence = occurrence_of(programme, courses);
    const auto length = length_of(programme, courses);
    for (const auto& start : calendar::starts(schedule_of(programme), from, to)) {
      occurrence.local_start = start.local;
      occurrence.start = start.at;
      occurrence.end = start.at + length;
      timeline.push_back(occurrence);
    }
  }
  std::ranges::sort(timeline, {}, place_of);
  int number = 0;
  for (auto& occurrence : timeline) occurrence.number = ++number;
  return timeline;
}

std::optional<WallTime> next_start(const Programme& programme, WallTime from) {
  if (programme.cancelled) return std::nullopt;
  return calendar::next_start(schedule_of(programme), from);
}

}  // namespace edu::scheduler
