// The tables of the timetable: programmes, and which occurrences are settled. Each function runs on
// the connection it is given; what changes a table is called inside a unit of work, beside the event that
// explains it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/database.h"
#include "scheduler/timetable/timeline.h"

namespace edu::scheduler::store {

void create(Database& database);  // idempotent

std::vector<Programme> programmes(Database& database);  // by number
std::optional<Programme> programme(Database& database, std::int64_t id);
std::int64_t insert(Database& database, const Programme& programme);  // answers its new number
void cancel(Database& database, std::int64_t id);
void cancel(Database& database, std::int64_t id, LocalTime local_start);

// Occurrences that went on air or were missed, by occurrence_key: State::aired or State::missed. One that is
// settled never does either again, whatever the clock says. Some thousands of rows in ten years, all kept in
// memory.
std::map<std::string, State> settled(Database& database);
void settle(Database& database, const std::string& key, State state);

}  // namespace edu::scheduler::store
