// Who was at a session, and when: for the attendance book. Reads alone: for a worker with a read-only
// connection.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/database.h"

namespace edu::logs {

// From one sign-in to its sign-out; 0, 0: still there. `in`, `out`: the numbers of the records that say so.
struct Stay {
  std::int64_t in_ms = 0, in = 0, out_ms = 0, out = 0;
  std::string means;  // as SignedIn
};

// One person in one session.
struct Attended {
  std::int64_t session = 0;
  std::string title;
  std::int64_t start_ms = 0, end_ms = 0;  // as planned; the end of one that was held and is closed: as it was
  bool closed = false;
  std::string why;  // of its end, as SessionClosed
  std::string person;
  bool expected = false;
  bool present = false;  // of a session that is not closed: is there still, or was for a minute
  std::string excused;   // the reason; empty: none
  std::int64_t credited_ms = 0;
  std::vector<Stay> stays;
};

// Of the sessions that begin in [from_ms, to_ms), or of `session` alone where it is not 0: everybody who was
// expected, then who came besides; by the sessions' start.
std::vector<Attended> attended(Database& database, std::int64_t from_ms, std::int64_t to_ms,
                               std::int64_t session = 0);

}  // namespace edu::logs
