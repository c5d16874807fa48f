// The books' tables: what the journal says, in a form that can be asked. Written in the transaction of the
// event that changes them and by nothing else, so that they can be made again from the journal, byte for
// byte.
//
//   reception, serial (the highest that was taken of each key and series), storage, playback, playback_span,
//   session, expected, presence, attendance
//
// On the writer's connection; `first_difference` on any.
#pragma once

#include <optional>
#include <string>

#include "base/database.h"
#include "logs/journal/journal.h"

namespace edu::logs::projection {

// An event as its record in the journal has it.
struct Entry {
  std::int64_t seq = 0;
  std::string clock;  // trust, as text
  Event event;
};

void create(Database& database);                     // idempotent
void apply(Database& database, const Entry& entry);  // unknown kinds and versions change nothing
// Empties the tables and applies the whole journal of `database` to them.
void rebuild(Database& database);
// Rebuilds when the tables are of another version than this program's; answers whether it did.
bool rebuild_if_outdated(Database& database);
// Are the tables of this program's version? Others cannot be compared; the next start makes them anew.
bool is_current(Database& database);
// Computes the tables anew beside the ones that are there: the name of the first that differs.
std::optional<std::string> first_difference(Database& database);

}  // namespace edu::logs::projection
