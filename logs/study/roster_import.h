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

// On the writer's thread. Plans, and carries out what asks nothing. `sha256`: of the file, as hex. The record
// names people by their id alone.
RosterOutcome import_roster(Transaction& transaction, const people::RosterFile& file,
                            const people::ImportChoices& choices, const std::string& sha256, LocalDate today,
                            const std::string& actor);

}  // namespace edu::logs
