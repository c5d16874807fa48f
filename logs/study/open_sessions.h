// The sessions that are still open, for the room that runs the programmes. On any connection.
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

// Of an occurrence; 0: none is open.
std::int64_t open_session_of(Database& database, std::int64_t programme, const std::string& local_start);
std::vector<OpenSession> open_sessions(Database& database);  // by number

}  // namespace edu::logs
