#include "logs/study/roster_import.h"

namespace edu::logs {

RosterOutcome import_roster(Transaction& transaction, const people::RosterFile& file,
                            const people::ImportChoices& choices, const std::string& sha256, LocalDate today,
                            const std::string& actor) {
  RosterOutcome outcome{people::plan_import(transaction.db, file, today, choices), std::nullopt};
  if (outcome.plan.asks()) return outcome;
  outcome.report = people::import(transaction.db, outcome.plan, today);
  const auto& report = *outcome.report;
  RosterImported event;
  event.added = static_cast<std::int64_t>(report.added.size());
  event.changed = static_cast<std::int64_t>(report.changed.size());
  event.unchanged = static_cast<std::int64_t>(report.unchanged);
  event.people = report.added;
  event.people.insert(event.people.end(), report.changed.begin(), report.changed.end());
  event.sha256 = sha256;
  transaction.append(actor, event);
  return outcome;
}

}  // namespace edu::logs
