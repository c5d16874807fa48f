#include "logs/journal/ledger.h"

#include "base/diagnostics.h"

namespace edu::logs {

std::int64_t Transaction::append(const Event& event) {
  auto record = journal::append(db, stamp_, boot_, event);
  projection::apply(db, projections_, projection::entry_of(record));
  appended_.push_back(std::move(record));
  return appended_.back().seq;
}

Ledger::Ledger(Writer& writer, Clock& clock, std::string boot, Projections projections)
    : writer_(writer), clock_(clock), boot_(std::move(boot)), projections_(std::move(projections)) {}

void Ledger::announce(const std::vector<Record>& records) const {
  for (const auto& record : records)
    for (const auto& listener : listeners_) listener(record);
}

void prepare(Database& database, const Projections& projections) {
  journal::create(database);
  projection::create(database, projections);
  if (projection::rebuild_if_outdated(database, projections) && journal::head(database).seq > 0)
    spdlog::info("books: tables made from the journal");
}

}  // namespace edu::logs
