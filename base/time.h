// Instants and local times, and how they are written. Instants are UTC milliseconds; rules of a timetable are
// floating local times that a zone turns into instants (calendar/zone.h).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace edu {

using std::chrono::milliseconds;
using std::chrono::seconds;
using WallTime = std::chrono::sys_time<milliseconds>;  // UTC
using LocalTime = std::chrono::local_time<seconds>;    // a wall clock's face, without a zone
using LocalDate = std::chrono::local_days;             // a day of a calendar on the wall

inline std::int64_t to_ms(WallTime t) { return t.time_since_epoch().count(); }
inline WallTime from_ms(std::int64_t ms) { return WallTime(milliseconds(ms)); }

// "2026-11-22"; "2026-11-22T19:30:00". Years 1900 to 9999 are accepted; nullopt for anything else.
std::string to_string(LocalDate day);
std::string to_string(LocalTime local);
std::optional<LocalDate> parse_date(std::string_view text);
// "2026-11-22T19:30", "2026-11-22T19:30:00" or with a blank instead of the T.
std::optional<LocalTime> parse_local_time(std::string_view text);

// "00:45:30" for a duration of playing; hours are not limited to a day.
std::string clock_duration(milliseconds duration);

}  // namespace edu
