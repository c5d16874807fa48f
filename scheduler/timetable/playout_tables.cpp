#include "scheduler/timetable/playout_tables.h"

#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include "base/sql.h"

namespace edu::scheduler::playout_tables {

void create(Database& database) {
  database.exec(R"(
    CREATE TABLE IF NOT EXISTS aired(occurrence TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS on_air(
      one INTEGER PRIMARY KEY CHECK(one = 1), occurrence TEXT NOT NULL, session INTEGER NOT NULL,
      play INTEGER NOT NULL, spans TEXT NOT NULL, equipment TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
  )");
}

std::map<std::string, State> settled(Database& database) {
  std::map<std::string, State> states;
  auto row = sql::prepare(database, "SELECT occurrence, state FROM aired");
  while (row.executeStep())
    states[row.getColumn(0).getString()] =
        row.getColumn(1).getString() == to_string(State::aired) ? State::aired : State::missed;
  return states;
}

void settle(Database& database, const std::string& key, State state) {
  sql::exec(database, "INSERT OR IGNORE INTO aired(occurrence, state) VALUES(?,?)", key, to_string(state));
}

std::optional<OnAirRow> on_air(Database& database) {
  auto row = sql::prepare(database, "SELECT occurrence, session, play, spans, equipment, at_ms FROM on_air");
  if (!row.executeStep()) return std::nullopt;
  const auto spans = json::value_to<std::vector<logs::PlaySpan>>(json::parse(row.getColumn(3).getString()));
  return OnAirRow{row.getColumn(0).getString(), row.getColumn(1).getInt64(),
                  row.getColumn(2).getInt64(),  spans,
                  row.getColumn(4).getString(), row.getColumn(5).getInt64()};
}

void put_on_air(Database& database, const OnAirRow& row) {
  sql::exec(database,
            "INSERT OR REPLACE INTO on_air(one, occurrence, session, play, spans, equipment, at_ms) "
            "VALUES(1,?,?,?,?,?,?)",
            row.key, row.session, row.play, json::serialize(json::value_from(row.spans)), row.equipment,
            row.at_ms);
}

void clear_on_air(Database& database) { sql::exec(database, "DELETE FROM on_air"); }

}  // namespace edu::scheduler::playout_tables
