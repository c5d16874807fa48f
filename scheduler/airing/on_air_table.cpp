#include "scheduler/airing/on_air_table.h"

#include <SQLiteCpp/Transaction.h>
#include <boost/json/value_to.hpp>

#include "base/sql_named.h"

namespace edu::scheduler::on_air {
namespace {

constexpr auto kTable = R"(
    CREATE TABLE IF NOT EXISTS on_air(
      deck TEXT PRIMARY KEY, occurrence TEXT NOT NULL, session INTEGER NOT NULL, play INTEGER NOT NULL,
      spans TEXT NOT NULL, equipment TEXT NOT NULL, at_ms INTEGER NOT NULL, next INTEGER NOT NULL DEFAULT 0,
      cut_ms INTEGER NOT NULL DEFAULT 0) STRICT;
  )";

// Version 0.1.0 kept one row, without a deck's name.
bool is_of_one_deck(Database& database) {
  return sql::number(database, "SELECT count(*) FROM pragma_table_info('on_air') WHERE name='one'", 0) != 0;
}

// Of a table from before it had the column.
void add_column(Database& database, const std::string& name) {
  if (sql::number(database, "SELECT count(*) FROM pragma_table_info('on_air') WHERE name=?", 0, name) == 0)
    database.exec("ALTER TABLE on_air ADD COLUMN " + name + " INTEGER NOT NULL DEFAULT 0");
}

}  // namespace

void create(Database& database) {
  if (!is_of_one_deck(database)) {
    database.exec(kTable);
    add_column(database, "next");
    add_column(database, "cut_ms");
    return;
  }
  SQLite::Transaction whole(database);
  database.exec("ALTER TABLE on_air RENAME TO on_air_before");
  database.exec(kTable);
  database.exec(
      "INSERT INTO on_air(deck, occurrence, session, play, spans, equipment, at_ms) "
      "SELECT 'A', occurrence, session, play, spans, equipment, at_ms FROM on_air_before");
  database.exec("DROP TABLE on_air_before");
  whole.commit();
}

std::vector<Row> rows(Database& database) {
  std::vector<Row> out;
  auto row = sql::prepare(database,
                          "SELECT deck, occurrence, session, play, spans, equipment, at_ms, next, cut_ms "
                          "FROM on_air ORDER BY deck");
  while (row.executeStep()) {
    const auto spans = json::value_to<std::vector<PlaySpan>>(json::parse(row.getColumn(4).getString()));
    Row one;
    one.deck = row.getColumn(0).getString();
    one.key = row.getColumn(1).getString();
    one.session = row.getColumn(2).getInt64();
    one.play = row.getColumn(3).getInt64();
    one.spans = spans;
    one.equipment = row.getColumn(5).getString();
    one.at_ms = row.getColumn(6).getInt64();
    one.next = row.getColumn(7).getInt64();
    one.cut_ms = row.getColumn(8).getInt64();
    out.push_back(std::move(one));
  }
  return out;
}

void put(Database& database, const Row& row) {
  sql::exec_named(
      database,
      "INSERT OR REPLACE INTO on_air(deck, occurrence, session, play, spans, equipment, at_ms, next, cut_ms) "
      "VALUES(:deck, :key, :session, :play, :spans, :equipment, :at_ms, :next, :cut_ms)",
      row);
}

void clear(Database& database, const std::string& deck) {
  sql::exec(database, "DELETE FROM on_air WHERE deck=?", deck);
}

}  // namespace edu::scheduler::on_air
