// The keys of objects that have their record: table multicast_recorded, written in the same unit of work as
// the record (Arrival::with_record). A channel's own table of what is done (receiver/multicast/done_table.h)
// may lose its last second in a power cut; a start gives it these again, and nothing is recorded twice.
// Throw SQLite::Exception.
#pragma once

#include <vector>

#include "base/database.h"
#include "receiver/multicast/partial_file.h"

namespace edu::receiver {

void create_recorded_keys(Database& database);  // idempotent
void remember_key(Database& database,
                  const multicast::ObjectKey& key);                    // in a unit of work; the newest 2,000
void forget_key(Database& database, const multicast::ObjectKey& key);  // it is to be received again
std::vector<multicast::ObjectKey> recorded_keys(Database& database);   // on any connection

}  // namespace edu::receiver
