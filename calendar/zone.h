// A time zone: what turns a clock on the wall into an instant, and back. Zones come from the system's tzdata.
// Pure after construction; any thread.
#pragma once

#include <string>

#include "base/cell.h"
#include "base/time.h"

namespace date {
class time_zone;
}

namespace edu {

class Zone {
 public:
  // Throws std::runtime_error that names the zone when tzdata does not know it.
  explicit Zone(std::string name = "Asia/Shanghai");

  const std::string& name() const { return name_; }

  // A time that a change of the clocks skips is the instant of the change; one that comes twice is the first.
  WallTime to_utc(LocalTime local) const;
  LocalTime to_local(WallTime instant) const;  // whole seconds, rounded down
  LocalDate date_of(WallTime instant) const;

  // The instant as a value that knows its offset here, for a table or a text.
  Instant instant(WallTime at) const;
  Instant instant_to_the_second(WallTime at) const;
  // "2026-11-22T19:30:00+08:00"
  std::string iso8601(WallTime instant) const;
  // "19:30:00"
  std::string time_of_day(WallTime instant) const;

 private:
  std::string name_;
  const date::time_zone* zone_;
};

}  // namespace edu
