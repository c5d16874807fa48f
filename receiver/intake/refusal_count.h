// How the book tells of refusals whose sender is anybody (multicast). The first of a sender get lines of
// their own; then a line sums up at 10, 100, 1,000 …, and every hour. What is counted stands in the database
// (table refusal_count), in the same unit of work as what is told, so that no end of the station loses it.
// In units of work, on the writer's thread; throw SQLite::Exception.
#pragma once

#include <cstdint>
#include <vector>

#include "base/database.h"
#include "base/time.h"
#include "logs/journal/events.h"

namespace edu::receiver {

void create_refusal_count(Database& database);  // idempotent

// Counts this refusal. 0: it is counted and has no line; 1: a line of its own; more: a line that sums up so
// many, with it.
std::int64_t count_refusal(Database& database, const logs::ReceptionRecorded& refused, WallTime now);

// Makes the refusal's record one that sums up `count`.
void sum_up(logs::ReceptionRecorded& record, std::int64_t count);

// The lines of what is counted and not told yet, one for each sender, without number and end; from now on
// they count as told.
std::vector<logs::ReceptionRecorded> take_untold(Database& database, WallTime now);

}  // namespace edu::receiver
