#include "scheduler/timetable/timeline.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace edu::scheduler {
namespace {

// Local times are cut this much wider than the instants: more than any change of clocks, the loss of a whole
// day at the date line included.
constexpr std::chrono::hours kZoneMargin{25};

std::optional<Zone> zone_of(const Programme& programme) {
  try {
    return Zone(programme.zone);
  } catch (const std::runtime_error&) {  // tzdata has lost a name since; the timetable logs it when it loads
    return std::nullopt;
  }
}

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

void resolve_one(const Programme& programme, const Courses& courses, WallTime from, WallTime to,
                 std::vector<Occurrence>& out) {
  const auto zone = zone_of(programme);
  const auto recurrence = recurrence_of(programme);
  if (programme.cancelled || !zone || !recurrence) return;
  auto occurrence = occurrence_of(programme, courses);
  milliseconds length{0};
  for (const auto& item : occurrence.rundown) length += item.duration;
  const auto starts = expand(*recurrence, zone->to_local(from) - kZoneMargin,
                             zone->to_local(to) + kZoneMargin, kMostOccurrences + 1);
  for (const auto local : starts.starts) {
    occurrence.local_start = local;
    occurrence.start = zone->to_utc(local);
    occurrence.end = occurrence.start + length;
    if (occurrence.start >= std::max(from, programme.added) && occurrence.start < to)
      out.push_back(occurrence);
  }
}

bool earlier(const Occurrence& a, const Occurrence& b) {
  if (a.start != b.start) return a.start < b.start;
  if (a.programme != b.programme) return a.programme < b.programme;
  return a.local_start < b.local_start;
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

Result<calendar::Recurrence> recurrence_of(const Programme& programme) {
  calendar::Recurrence recurrence{programme.local_start,
                                  std::nullopt,
                                  programme.cancelled_dates,
                                  {programme.rdates.begin(), programme.rdates.end()}};
  recurrence.except.insert(programme.exdates.begin(), programme.exdates.end());
  if (programme.rrule.empty()) return recurrence;
  auto rule = calendar::Rule::parse(programme.rrule);
  if (!rule) return Unexpected(rule.error());
  recurrence.rule = *std::move(rule);
  return recurrence;
}

std::vector<Occurrence> resolve(const std::vector<Programme>& programmes, const Courses& courses,
                                WallTime from, WallTime to) {
  std::vector<Occurrence> timeline;
  for (const auto& programme : programmes) resolve_one(programme, courses, from, to, timeline);
  std::sort(timeline.begin(), timeline.end(), earlier);
  int number = 0;
  for (auto& occurrence : timeline) occurrence.number = ++number;
  return timeline;
}

std::optional<WallTime> next_start(const Programme& programme, WallTime from) {
  const auto zone = zone_of(programme);
  const auto recurrence = recurrence_of(programme);
  if (programme.cancelled || !zone || !recurrence) return std::nullopt;
  from = std::max(from, programme.added);
  // By local time the search may begin too early, when the clocks have just been changed.
  for (auto local = zone->to_local(from) - kZoneMargin;;) {
    const auto found = next(*recurrence, local);
    if (!found) return std::nullopt;
    const auto start = zone->to_utc(*found);
    if (start >= from) return start;
    local = *found + seconds(1);
  }
}

std::optional<Conflict> find_conflict(const std::vector<Occurrence>& wanted,
                                      const std::vector<Occurrence>& others) {
  const Occurrence* latest_wanted = nullptr;
  const Occurrence* latest_other = nullptr;
  auto overlaps = [](const Occurrence* before, const Occurrence& now) {
    return before && before->end > now.start;
  };
  auto later = [](const Occurrence* a, const Occurrence* b) { return !a || b->end > a->end ? b : a; };
  auto other = others.begin();
  auto pass_others = [&](const Occurrence* until) -> std::optional<Conflict> {
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

}  // namespace edu::scheduler
