// The ledger: how the loop writes. A unit of work changes tables and appends the events that explain the
// change, in one transaction; after the commit its events go to those who listen live. Loop thread; units run
// on the writer thread and may touch nothing but what they own and the Transaction they are given.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/value_from.hpp>

#include "base/clock.h"
#include "base/database.h"
#include "logs/journal/events.h"
#include "logs/journal/journal.h"
#include "logs/journal/projection.h"

namespace edu::logs {

// What a unit of work holds while it runs.
class Transaction {
 public:
  Transaction(Database& database, Stamp stamp, const std::string& boot, const Projections& projections,
              std::vector<Record>& appended)
      : db(database), stamp_(stamp), boot_(boot), projections_(projections), appended_(appended) {}

  Database& db;
  const Stamp& stamp() const { return stamp_; }

  // Appends one of the structs of events.h to the journal and applies it to the projections.
  template <class T>
  std::int64_t append(const std::string& actor, const T& event) {
    return append(Event{T::kKind, actor, json::value_from(event).as_object()});
  }
  std::int64_t append(const Event& event);  // answers the record's seq

 private:
  Stamp stamp_;
  const std::string& boot_;
  const Projections& projections_;
  std::vector<Record>& appended_;
};

class Ledger {
 public:
  using Listener = std::function<void(const Record&)>;

  // `boot`: random id of this start. `projections`: all whose tables lie beside the journal, see prepare().
  // Nothing is written before the first unit.
  Ledger(Writer& writer, Clock& clock, std::string boot, Projections projections);

  // Runs `unit(Transaction&)` and completes once its commit is durable; see Writer::run for what is rolled
  // back.
  template <class Unit>
  awaitable<std::invoke_result_t<Unit, Transaction&>> write(Unit unit);

  // Called on the loop for each record, after its commit, in order. Listeners must not throw.
  void listen(Listener listener) { listeners_.push_back(std::move(listener)); }

  const std::string& boot() const { return boot_; }
  const Projections& projections() const { return projections_; }

 private:
  void announce(const std::vector<Record>& records) const;

  Writer& writer_;
  Clock& clock_;
  std::string boot_;
  const Projections projections_;
  std::vector<Listener> listeners_;
};

// The journal's table and those of the projections; makes the latter again from the journal when other
// projections made them. Call at start-up, before the Writer takes the connection.
void prepare(Database& database, const Projections& projections);

template <class Unit>
awaitable<std::invoke_result_t<Unit, Transaction&>> Ledger::write(Unit unit) {
  using Value = std::invoke_result_t<Unit, Transaction&>;
  const Stamp stamp{clock_.now(), clock_.mono(), clock_.trust()};
  auto appended = std::make_shared<std::vector<Record>>();
  auto work = [this, stamp, appended, unit = std::move(unit)](Database& database) mutable -> Value {
    appended->clear();
    Transaction transaction(database, stamp, boot_, projections_, *appended);
    return unit(transaction);
  };
  Value value = co_await writer_.run(std::move(work));
  bool kept = true;
  if constexpr (edu::detail::IsResult<Value>::value) kept = value.has_value();
  if (kept) announce(*appended);
  co_return value;
}

}  // namespace edu::logs
