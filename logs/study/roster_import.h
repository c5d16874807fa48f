// A roster file taken into the station: the people's tables and the record of it, in one unit of work.
#pragma once

#include <optional>
#include <string>

#include "logs/journal/ledger.h"
#include "people/roster_import.h"

namespace edu::logs {

// What came of it: the plan, and unless it was only to be shown, or asks, what was done.
struct RosterOutcome {
  people::ImportPlan plan;
  std::optional<people::ImportReport> report;
};

// A plan, and the journal's last record when it was made.
struct PlannedRoster {
  people::ImportPlan plan;
  std::int64_t seq = 0;
};

// On a worker: for a large file the comparison takes as long as the writing, and nobody else waits for it.
PlannedRoster plan_roster(Database& database, const people::RosterFile& file, LocalDate today,
                          const people::ImportChoices& choices);

// On the writer's thread. Carries out what asks nothing; plans again where the roster has changed since.
// `sha256`: of the file, as hex. The records name people by their id alone, kPeopleOfRecord each at most.
RosterOutcome import_roster(Transaction& transaction, const people::RosterFile& file,
                            const people::ImportChoices& choices, PlannedRoster planned,
                            const std::string& sha256, LocalDate today, const std::string& actor);

inline constexpr std::size_t kPeopleOfRecord = 1500;  // a record's body stays under 64 KiB

}  // namespace edu::logs
