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
#include "logs/study/rates.h"

namespace edu::logs {

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
