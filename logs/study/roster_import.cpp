#include "logs/study/roster_import.h"

namespace edu::logs {

people::ImportReport import_roster(Transaction& transaction, const people::RosterFile& file,
                                   const std::string& sha256, LocalDate today, const std::string& actor) {
  auto report = people::import(transaction.db, file, today);
  RosterImported event;
  event.added = static_cast<std::int64_t>(report.added.size());
  event.changed = static_cast<std::int64_t>(report.changed.size());
  event.unchanged = static_cast<std::int64_t>(report.unchanged);
  event.people = report.added;
  event.people.insert(event.people.end(), report.changed.begin(), report.changed.end());
  event.sha256 = sha256;
  transaction.append(actor, event);
  return report;
}

}  // namespace edu::logs
