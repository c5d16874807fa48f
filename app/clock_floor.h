// The clock's floor: the newest time that the station has trusted. A clock that shows less has lost its time,
// and one that shows far more was set wrong; neither is believed before a time service or a person says so.
//
//   synced: the floor is now, whatever was believed before
//   holdover: it rises with the time, and never falls by itself
//   untrusted: it stays, so that a start with a wrong clock makes the next one trust nothing
//   a person sets the clock, confirms it or names a floor: it is what they say
//
// Kept in the database with each heartbeat (heartbeat.h). Loop thread, but for the functions of the database.
#pragma once

#include "base/clock.h"
#include "base/database.h"

namespace edu::app {

class ClockFloor {
 public:
  explicit ClockFloor(SystemClock& clock) : clock_(clock) {}

  // What was kept; where nothing was, the newest time of the journal's trusted records. At start-up.
  static WallTime kept(Database& database);

  void set(WallTime floor);
  WallTime floor() const { return floor_; }
  WallTime raised();  // by the clock as it is now

 private:
  SystemClock& clock_;
  WallTime floor_{};
};

}  // namespace edu::app
