// Instants, local times and their zones. Instants are UTC milliseconds; rules of a timetable are floating
// local times that a zone turns into instants. Zones come from the system's tzdata through Howard Hinnant's
// `date`.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace date {
class time_zone;
}

namespace edu {

using std::chrono::milliseconds;
using std::chrono::seconds;
using WallTime = std::chrono::sys_time<milliseconds>;  // UTC
using LocalTime = std::chrono::local_time<seconds>;    // a wall clock's face, without a zone
using LocalDate = std::chrono::local_days;             // a day of a calendar on the wall

inline std::int64_t to_ms(WallTime t) { return t.time_since_epoch().count(); }
inline WallTime from_ms(std::int64_t ms) { return WallTime(milliseconds(ms)); }

class Zone {
 public:
  // Throws std::runtime_error that names the zone when tzdata does not know it.
  explicit Zone(std::string name = "Asia/Shanghai");

  const std::string& name() const { return name_; }

  // A time that a change of the clocks skips is the instant of the change; one that comes twice is the first.
  WallTime to_utc(LocalTime local) const;
  LocalTime to_local(WallTime instant) const;  // whole seconds, rounded down
  LocalDate date_of(WallTime instant) const;

  // "2026-11-22T19:30:00+08:00"
  std::string iso8601(WallTime instant) const;
  // "19:30:00"
  std::string time_of_day(WallTime instant) const;

 private:
  std::string name_;
  const date::time_zone* zone_;
};

// "2026-11-22"; "2026-11-22T19:30:00". Years 1900 to 9999 are accepted; nullopt for anything else.
std::string to_string(LocalDate day);
std::string to_string(LocalTime local);
std::optional<LocalDate> parse_date(std::string_view text);
// "2026-11-22T19:30", "2026-11-22T19:30:00" or with a blank instead of the T.
std::optional<LocalTime> parse_local_time(std::string_view text);

// "00:45:30" for a duration of playing; hours are not limited to a day.
std::string clock_duration(milliseconds duration);

}  // namespace edu
