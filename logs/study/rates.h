// What sessions come to: how many of those expected were present, by the rule that was frozen with each.
// Reads alone: for a worker with a read-only connection. Rules: docs/domain.md, "Participation".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/cell.h"
#include "base/database.h"
#include "base/result.h"

namespace edu::logs {

// A session and its rate by the rule that was frozen with it. While it is not closed, who has signed in and
// is there still, or was for a minute, stands as present.
struct SessionRate {
  std::int64_t session = 0;
  std::string title, place, chair, tutor;
  std::int64_t start_ms = 0, frozen_seq = 0, closed_seq = 0, visitors = 0, effective_ms = 0;
  std::string rule;           // canonical JSON; empty before the freeze
  std::int64_t least_ms = 0;  // as SessionFrozen
  std::string why;            // of its end, as SessionClosed
  Rate rate;                  // 0/0 of one that was not held
  // Missed or cancelled: it counts in no total.
  bool was_held() const { return why != "missed" && why != "cancelled"; }
};

// Those that begin in [from_ms, to_ms), by their start: one statement, however many they are.
std::vector<SessionRate> session_rates(Database& database, std::int64_t from_ms, std::int64_t to_ms);
Result<SessionRate> session_rate(Database& database, std::int64_t session);  // refusal session_unknown
Result<Rate> rate_of(Database& database, std::int64_t session);              // refusal session_unknown

// One person of the denominator in one session.
struct Seat {
  std::string person, group;  // a person's id; the group on the day of the freeze
  bool present = false;
};
std::vector<Seat> seats(Database& database, std::int64_t from_ms, std::int64_t to_ms);  // by session and id
std::vector<Seat> seats_of(Database& database, std::int64_t session);

}  // namespace edu::logs
