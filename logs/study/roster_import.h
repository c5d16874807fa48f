// A roster file taken into the station: the people's tables and the record of it, in one unit of work.
#pragma once

#include <string>

#include "logs/journal/ledger.h"
#include "people/roster.h"

namespace edu::logs {

// On the writer's thread. `sha256`: of the file, as hex. The record names people by their id alone.
people::ImportReport import_roster(Transaction& transaction, const people::RosterFile& file,
                                   const std::string& sha256, LocalDate today, const std::string& actor);

}  // namespace edu::logs
