// What the books still hold open, and the number of the next play: for the scheduler.
// On any connection; `next_play` inside the unit of work that uses the number.
#pragma once

#include <string>
#include <vector>

#include "base/database.h"
#include "base/time.h"

namespace edu::logs {

struct OpenSession {
  std::int64_t session = 0, programme = 0;
  std::string local_start;
  WallTime planned_end{};
};

std::vector<OpenSession> open_sessions(Database& database);  // by number
std::int64_t next_play(Database& database);

}  // namespace edu::logs
