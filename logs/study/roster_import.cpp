#include "logs/study/roster_import.h"

#include <algorithm>

namespace edu::logs {
namespace {

bool changes_the_roster(const Record& record) {
  const auto kind = get_string(record.fields(), "kind");
  return kind == RosterImported::kKind || kind == PersonMerged::kKind || kind == PersonMovedOut::kKind ||
         kind == PersonErased::kKind;
}

bool has_changed_since(Database& database, std::int64_t seq) {
  bool changed = false;
  journal::each(database, seq + 1, [&](const Record& record) {
    changed = changes_the_roster(record);
    return !changed;
  });
  return changed;
}

// One record, or as many as the people need; their counts add up.
void record(Transaction& transaction, const people::ImportReport& report, const std::string& sha256,
            const std::string& actor) {
  RosterImported event;
  event.sha256 = sha256;
  event.unchanged = static_cast<std::int64_t>(report.unchanged);
  const auto full = [&] { return event.people.size() == kPeopleOfRecord; };
  const auto append = [&] {
    transaction.append(actor, event);
    event = RosterImported{0, 0, 0, {}, sha256};
  };
  bool any = false;
  const auto take = [&](const std::vector<std::string>& ids, std::int64_t RosterImported::*count) {
    for (const auto& id : ids) {
      if (full()) append(), any = true;
      event.people.push_back(id);
      ++(event.*count);
    }
  };
  take(report.added, &RosterImported::added);
  take(report.changed, &RosterImported::changed);
  if (!any || !event.people.empty()) append();
}

}  // namespace

PlannedRoster plan_roster(Database& database, const people::RosterFile& file, LocalDate today,
                          const people::ImportChoices& choices) {
  PlannedRoster planned;
  planned.seq = journal::head(database).seq;  // first: what comes meanwhile is then seen as a change
  planned.plan = people::plan_import(database, file, today, choices);
  return planned;
}

RosterOutcome import_roster(Transaction& transaction, const people::RosterFile& file,
                            const people::ImportChoices& choices, PlannedRoster planned,
                            const std::string& sha256, LocalDate today, const std::string& actor) {
  if (has_changed_since(transaction.db, planned.seq))
    planned.plan = people::plan_import(transaction.db, file, today, choices);
  RosterOutcome outcome{std::move(planned.plan), std::nullopt};
  if (outcome.plan.asks()) return outcome;
  outcome.report = people::import(transaction.db, outcome.plan, today);
  record(transaction, *outcome.report, sha256, actor);
  return outcome;
}

}  // namespace edu::logs
