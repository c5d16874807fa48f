// What the station remembers of recordings, in its database. The functions work on any connection; those that
// write are for a unit of work on the writer thread; a bool: the row was there. They throw SQLite::Exception.
#pragma once

#include <vector>

#include "base/database.h"
#include "receiver/live/plan.h"

namespace edu::live {

void create_tables(Database& database);  // idempotent

std::vector<Plan> plans_in(Database& database);
std::int64_t insert(Database& database, const Plan& plan);  // answers its number, never given before
bool note_begun(Database& database, std::int64_t plan, LocalTime occurrence);
bool remove_plan(Database& database, std::int64_t plan);

std::vector<Recording> recordings_in(Database& database);
std::int64_t insert(Database& database, const Recording& recording);  // as above
bool update(Database& database, const Recording& recording);          // its end and gaps
bool note_recorded(Database& database, std::int64_t recording);  // it has its record; what lies of it may go
bool is_recorded(Database& database, std::int64_t recording);
bool remove_recording(Database& database, std::int64_t recording);

}  // namespace edu::live
