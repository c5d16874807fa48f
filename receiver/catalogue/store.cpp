#include "receiver/catalogue/store.h"

#include <fmt/format.h>

#include "base/sql_named.h"

namespace edu::catalogue {

BOOST_DESCRIBE_STRUCT(Memory, (), (url, etag, modified, body, signature, heard_ms, base))
BOOST_DESCRIBE_STRUCT(EntryMemory, (),
                      (done, failures, not_before_ms, version, published, etag, modified, length))

namespace {

// For a database from before the column existed.
void add_column(Database& database, const char* table, const char* column, const char* type) {
  const auto there =
      sql::number(database, "SELECT count(*) FROM pragma_table_info(?) WHERE name=?", 0, table, column);
  if (there == 0) database.exec(fmt::format("ALTER TABLE {} ADD COLUMN {} {}", table, column, type));
}

}  // namespace

void create_tables(Database& database) {
  database.exec(R"(
    CREATE TABLE IF NOT EXISTS catalogue(
      name TEXT PRIMARY KEY, url TEXT NOT NULL, etag TEXT NOT NULL, modified TEXT NOT NULL, body TEXT NOT NULL,
      signature TEXT NOT NULL, heard_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS catalogue_serial(
      key_id TEXT NOT NULL, series TEXT NOT NULL, highest INTEGER NOT NULL,
      PRIMARY KEY(key_id, series)) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS catalogue_entry(
      catalogue TEXT NOT NULL, id TEXT NOT NULL, done INTEGER NOT NULL, failures INTEGER NOT NULL,
      not_before_ms INTEGER NOT NULL, PRIMARY KEY(catalogue, id)) STRICT, WITHOUT ROWID)");
  add_column(database, "catalogue", "base", "TEXT NOT NULL DEFAULT ''");
  for (const auto* column : {"version", "published", "etag", "modified"})
    add_column(database, "catalogue_entry", column, "TEXT NOT NULL DEFAULT ''");
  add_column(database, "catalogue_entry", "length", "INTEGER NOT NULL DEFAULT 0");
}

std::optional<Memory> recall(Database& database, const std::string& catalogue) {
  auto row = sql::prepare(
      database, "SELECT url, etag, modified, body, signature, heard_ms, base FROM catalogue WHERE name=?",
      catalogue);
  if (!row.executeStep()) return std::nullopt;
  return Memory{row.getColumn(0).getString(), row.getColumn(1).getString(), row.getColumn(2).getString(),
                row.getColumn(3).getString(), row.getColumn(4).getString(), row.getColumn(5).getInt64(),
                row.getColumn(6).getString()};
}

void remember(Database& database, const std::string& catalogue, const Memory& memory) {
  sql::exec_named(
      database,
      "INSERT OR REPLACE INTO catalogue(name, url, etag, modified, body, signature, heard_ms, base) "
      "VALUES(:name, :url, :etag, :modified, :body, :signature, :heard_ms, :base)",
      sql::named("name", catalogue), memory);
}

void heard(Database& database, const std::string& catalogue, std::int64_t at_ms) {
  sql::exec(database, "UPDATE catalogue SET heard_ms=? WHERE name=?", at_ms, catalogue);
}

void forget(Database& database, const std::string& catalogue) {
  sql::exec(database, "DELETE FROM catalogue WHERE name=?", catalogue);
}

std::int64_t highest_serial(Database& database, const std::string& key_id, const std::string& series) {
  return sql::number(database, "SELECT highest FROM catalogue_serial WHERE key_id=? AND series=?", 0, key_id,
                     series);
}

void raise_serial(Database& database, const std::string& key_id, const std::string& series,
                  std::int64_t serial) {
  sql::exec(database,
            "INSERT INTO catalogue_serial VALUES(?,?,?) ON CONFLICT(key_id, series) DO UPDATE SET "
            "highest=max(highest, excluded.highest)",
            key_id, series, serial);
}

std::map<std::string, EntryMemory> entries_of(Database& database, const std::string& catalogue) {
  std::map<std::string, EntryMemory> all;
  auto row = sql::prepare(database,
                          "SELECT id, done, failures, not_before_ms, version, published, etag, modified, "
                          "length FROM catalogue_entry "
                          "WHERE catalogue=?",
                          catalogue);
  while (row.executeStep())
    all[row.getColumn(0).getString()] = {row.getColumn(1).getInt64() != 0, row.getColumn(2).getInt64(),
                                         row.getColumn(3).getInt64(),      row.getColumn(4).getString(),
                                         row.getColumn(5).getString(),     row.getColumn(6).getString(),
                                         row.getColumn(7).getString(),     row.getColumn(8).getInt64()};
  return all;
}

void note(Database& database, const std::string& catalogue, const std::string& id,
          const EntryMemory& memory) {
  sql::exec_named(database,
                  "INSERT OR REPLACE INTO catalogue_entry(catalogue, id, done, failures, not_before_ms, "
                  "version, published, "
                  "etag, modified, length) VALUES(:catalogue, :id, :done, :failures, :not_before_ms, "
                  ":version, :published, "
                  ":etag, :modified, :length)",
                  sql::named("catalogue", catalogue), sql::named("id", id), memory);
}

}  // namespace edu::catalogue
