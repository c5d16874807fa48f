// Participation rates (参学率), each with its own name, numerator, denominator and rule; never a bare number.
// Call on a worker with a read-only connection. Rules: docs/domain.md, "Participation".
#pragma once

#include <string>

#include "base/database.h"
#include "base/messages.h"
#include "base/result.h"
#include "base/table.h"
#include "base/time.h"
#include "calendar/zone.h"

namespace edu::logs {

struct Rate {
  std::int64_t present = 0, expected = 0;
  // "17/20 = 85.0 %"; "0/0 = —" where nobody was expected. Rounded down, so that no threshold is met by
  // rounding.
  std::string to_string() const;
  // In integers: present*100 >= expected*percent.
  bool reaches(std::int64_t percent) const { return expected > 0 && present * 100 >= expected * percent; }
};

enum class By { none, group, person };

// One session: "present / expected" with the rule that was frozen with it. Refusal session_unknown.
Result<Table> participation_of_session(Database& database, std::int64_t session, By by, const Zone& zone,
                                       Language language);
// A month ("2026-11"): the sum of present over the sum of expected of the sessions of that month, by
// attendances.
Result<Table> participation_of_month(Database& database, std::string_view month, By by, const Zone& zone,
                                     Language language);

}  // namespace edu::logs
