// Projections: tables that are made from the journal alone, in a form that can be asked. The journal knows
// none of them: who builds the station hands a list of them to the ledger, to prepare() and to verify().
//
// A projection's tables are written in the transaction of the event that changes them and by nothing else, so
// that they can be made again from the journal, byte for byte. It reads no other projection's tables, so the
// order in the list does not matter.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/describe.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include "base/database.h"
#include "base/json.h"
#include "logs/journal/journal.h"

namespace edu::logs {

// An event as its record in the journal has it. What is described can be bound by name (base/sql_named.h).
struct Entry {
  std::int64_t seq = 0;
  std::string clock;  // trust, as text
  Event event;
};
BOOST_DESCRIBE_STRUCT(Entry, (), (seq, clock))

// On the writer thread, inside the unit of work that appends the event; also when tables are made again.
using Handler = void (*)(Database&, const Entry&);

struct Projection {
  std::string name;
  // Increment when a handler puts other values into the same tables. A change of the schema shows by itself.
  std::int64_t version = 1;
  // CREATE TABLE IF NOT EXISTS …; strict, with a key that lies in the first four columns.
  std::string schema;
  std::map<std::string, Handler, std::less<>> handlers;  // by kind
};
using Projections = std::vector<Projection>;

namespace detail {
template <class T>
struct EventOf;
template <class T>
struct EventOf<void (*)(Database&, const Entry&, const T&)> {
  using Type = T;
};

template <auto Apply>
void apply_typed(Database& database, const Entry& entry) {
  using T = typename EventOf<decltype(Apply)>::Type;
  auto payload = json::value_from(T{}).as_object();  // members that the record's time did not know
  for (const auto& [name, value] : entry.event.payload) payload[name] = value;
  Apply(database, entry, json::value_to<T>(json::value(std::move(payload))));
}
}  // namespace detail

// The entry of `handlers` for a function void(Database&, const Entry&, const T&), T a struct of events.h.
template <auto Apply>
std::pair<const std::string, Handler> on() {
  return {detail::EventOf<decltype(Apply)>::Type::kKind, detail::apply_typed<Apply>};
}

// On the writer's connection; `is_current` and `first_difference` on any.
namespace projection {

void create(Database& database, const Projections& all);  // idempotent
// What a record says, of its bytes: tables that are made of anything else could differ from those that are
// made again (text in another normal form, a number that became another).
Entry entry_of(const Record& record);
// Unknown kinds and versions change nothing. Throws what the payload's conversion throws.
void apply(Database& database, const Projections& all, const Entry& entry);
// Drops the tables and makes them again from the whole journal of `database`. A record that cannot be read is
// logged and passed over, so that one never keeps a station from starting; verify names it.
void rebuild(Database& database, const Projections& all);
// Rebuilds when the tables are of other projections than these; answers whether it did.
bool rebuild_if_outdated(Database& database, const Projections& all);
// Are the tables made by these very projections? Others cannot be compared; the next start makes them again.
bool is_current(Database& database, const Projections& all);

struct Difference {
  std::optional<std::int64_t> seq;  // a record that no handler of ours can read: no version of ours wrote it
  std::string what;                 // with `seq`: kind and reason; otherwise the table that differs
};
// Computes the tables again beside those that are there, and answers the first difference.
std::optional<Difference> first_difference(Database& database, const Projections& all);

}  // namespace projection
}  // namespace edu::logs
