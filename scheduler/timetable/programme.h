// A programme as the operator ordered it: what plays, when by the clock on the wall, for whom. Plain values.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "calendar/schedule.h"

namespace edu::scheduler {

enum class Kind { group, open, individual };  // 集中, 开放, 个别
const char* to_string(Kind kind);
std::optional<Kind> kind_of(std::string_view name);

// What an edit hands in. Times are local times of `zone`.
struct ProgrammeDraft {
  std::string title;
  Kind kind = Kind::group;
  LocalTime local_start{};            // of the first occurrence; it must be one of the rule's
  std::string zone;                   // IANA; empty: the station's
  std::vector<std::int64_t> rundown;  // courseware numbers in the order of playing
  std::string rrule;                  // RFC 5545 without the "RRULE:"; empty: once
  std::vector<LocalTime> exdates, rdates;
  std::vector<std::string> groups;  // invited; empty: all
  std::string tutor, chair, place;
};

struct Programme : ProgrammeDraft {
  std::int64_t id = 0;  // from 1
  WallTime added{};     // what would have started before is no occurrence of it
  bool cancelled = false;
  std::set<LocalTime> cancelled_dates;  // single occurrences
};

// When it plays: exceptions and cancelled occurrences in one.
calendar::Schedule schedule_of(const Programme& programme);

// What the edit takes at most: a line of the notice board, a day's rundown, a school year of exceptions.
inline constexpr std::size_t kLongestTitle = 200;   // bytes of UTF-8, about 66 Chinese characters
inline constexpr std::size_t kLongestName = 120;    // bytes: tutor, chair, place, a group
inline constexpr std::size_t kLongestReason = 500;  // bytes
inline constexpr std::size_t kMostItems = 100;      // of a rundown
inline constexpr std::size_t kMostGroups = 100;
inline constexpr std::size_t kMostExceptions = 366;  // EXDATE or RDATE, each

// The key of an occurrence, the same whatever the clock and the zone's rules do later:
// "P12@2026-11-22T19:30:00".
std::string occurrence_key(std::int64_t programme, LocalTime local_start);

}  // namespace edu::scheduler
