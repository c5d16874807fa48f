#include "app/clock_floor.h"

#include <algorithm>

#include "base/sql.h"
#include "logs/journal/journal.h"

namespace edu::app {

WallTime ClockFloor::kept(Database& database) {
  if (const auto kept = sql::number(database, "SELECT floor_ms FROM heartbeat", 0); kept > 0)
    return from_ms(kept);
  WallTime newest{};
  logs::journal::each(database, 1, [&](const logs::Record& record) {
    const auto fields = record.fields();
    if (get_string(fields, "clock") != to_string(ClockTrust::untrusted))
      newest = std::max(newest, from_ms(get_int(fields, "at")));
    return true;
  });
  return newest;
}

void ClockFloor::set(WallTime floor) {
  floor_ = floor;
  clock_.not_before(floor);
}

WallTime ClockFloor::raised() {
  const auto now = clock_.now();
  switch (clock_.trust()) {
    case ClockTrust::synced:
      set(now);
      break;
    case ClockTrust::holdover:
      set(std::max(floor_, now));
      break;
    case ClockTrust::untrusted:
      break;
  }
  return floor_;
}

}  // namespace edu::app
