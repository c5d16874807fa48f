// The station's database as a start opens it: settled after what the last end left, with the tables of every
// room.
#include "app/station.h"
#include "base/diagnostics.h"
#include "base/storage_trouble.h"
#include "library/courses.h"
#include "logs/books/books.h"
#include "people/access/accounts.h"
#include "people/roster.h"
#include "receiver/channels/recorded_keys.h"
#include "receiver/live/store.h"

namespace edu::app {
namespace {

// What a failed fsync left of the -wal file in the cache alone is good to read and not on the disk: it goes
// into the database now, before anything is added to it. A full disk may not take that, and the station
// starts.
void settle(Database& database) {
  try {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (const SQLite::Exception& error) {
    spdlog::error("the database could not be settled: {}", error.what());
  }
}

}  // namespace

std::unique_ptr<Database> Station::open_station_database() {
  auto database = open_database(database_);
  settle(*database);
  logs::prepare(*database, logs::all_projections());
  library::create_tables(*database);
  catalogue::create_tables(*database);
  live::create_tables(*database);
  receiver::create_recorded_keys(*database);
  people::create_tables(*database);
  access::create_tables(*database);
  scheduler::prepare(*database);
  scheduler::Playout::prepare(*database);
  Heartbeat::create_table(*database);
  found_ = logs::journal::head(*database);
  found_floor_ = ClockFloor::kept(*database);
  return database;
}

// On a full disk in the room that was held for it.
std::unique_ptr<Database> Station::open_with_room() {
  try {
    return open_station_database();
  } catch (const std::exception& error) {
    if (!storage_trouble(error) || !folder_.give_room()) throw;
    spdlog::error("{}; the room that is held for this is given up", error.what());
  }
  return open_station_database();
}

}  // namespace edu::app
