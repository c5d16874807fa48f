// Participation rates (参学率), each with its own name, numerator, denominator and rule; never a bare number.
// Call on a worker with a read-only connection. Rules: docs/domain.md, "Participation".
#pragma once

#include <string>
#include <vector>

#include "base/database.h"
#include "base/messages.h"
#include "base/result.h"
#include "base/table.h"
#include "base/time.h"
#include "calendar/zone.h"

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

std::string state_text(const SessionRate& session, Language language);  // "ended"
// "Session 1 …: the rule it counts by", as the head of a session's sheet.
std::string title_of(const SessionRate& session, const Zone& zone, Language language);

enum class By { none, group, person };

// One session: "present / expected" with the rule that was frozen with it. Refusal session_unknown.
Result<Table> participation_of_session(Database& database, std::int64_t session, By by, const Zone& zone,
                                       Language language);
// A month ("2026-11"): the sum of present over the sum of expected of the sessions of that month, by
// attendances.
Result<Table> participation_of_month(Database& database, std::string_view month, By by, const Zone& zone,
                                     Language language);

}  // namespace edu::logs
