// The tables that the scheduler keeps: programmes, and which occurrences are settled. Each function runs on
// the connection it is given; what changes a table is called inside a unit of work, beside the event that
// explains it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/database.h"
#include "scheduler/timetable/programme.h"

namespace edu::scheduler::store {

void create(Database& database);  // idempotent

std::vector<Programme> programmes(Database& database);  // by number
std::optional<Programme> programme(Database& database, std::int64_t id);
std::int64_t insert(Database& database, const Programme& programme);  // answers its new number
void cancel(Database& database, std::int64_t id);
void cancel(Database& database, std::int64_t id, LocalTime local_start);

}  // namespace edu::scheduler::store
