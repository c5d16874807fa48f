// Events of the journal come in, rows of the projections' tables leave. The same handlers make the tables
// again (rebuild) and prove them (first_difference).
#include "logs/journal/projection.h"

#include "base/sql.h"

namespace edu::logs::projection {
namespace {

Database in_memory(const Projections& all) {
  Database fresh(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  create(fresh, all);
  return fresh;
}

// The tables that the schemas create, in their order.
std::vector<std::string> tables_in(Database& fresh) {
  std::vector<std::string> names;
  auto row = sql::prepare(fresh, "SELECT name FROM sqlite_master WHERE type='table' ORDER BY rowid");
  while (row.executeStep()) names.push_back(row.getColumn(0).getString());
  return names;
}

// Kept in the file as its user_version: another number means other projections. Never 0, which is that of a
// new file.
std::int64_t version_of(const Projections& all) {
  Sha256 hash;
  for (const auto& one : all) {
    hash.update(one.name + ":" + std::to_string(one.version) + ":" + one.schema + ";");
    for (const auto& [kind, handler] : one.handlers) hash.update(kind + ",");
  }
  const auto digest = hash.finish();
  const std::int64_t number = (digest[0] & 0x7f) << 24 | digest[1] << 16 | digest[2] << 8 | digest[3];
  return number == 0 ? 1 : number;
}

Entry entry_of(const Record& record) {
  const auto fields = record.fields();
  Event event{get_string(fields, "kind"), get_string(fields, "actor"), get_object(fields, "payload"),
              get_int(fields, "v", 1)};
  return {record.seq, get_string(fields, "clock"), std::move(event)};
}

void replay(Database& journal_of, Database& tables_of, const Projections& all) {
  journal::each(journal_of, 0, [&](const Record& record) {
    apply(tables_of, all, entry_of(record));
    return true;
  });
}

// All of a table in one digest, rows in the order of their key, which lies in the first four columns.
Digest digest_of(Database& database, const std::string& table) {
  Sha256 hash;
  std::string order = "1";
  const int columns = Statement(database, "SELECT * FROM " + table).getColumnCount();
  for (int i = 2; i <= std::min(columns, 4); ++i) order += ", " + std::to_string(i);
  Statement rows(database, "SELECT * FROM " + table + " ORDER BY " + order);
  while (rows.executeStep())
    for (int i = 0; i < rows.getColumnCount(); ++i) {
      const auto cell = rows.getColumn(i).getString();
      hash.update(std::to_string(cell.size()) + ":" + cell);
    }
  return hash.finish();
}

}  // namespace

void create(Database& database, const Projections& all) {
  for (const auto& one : all)
    if (!one.schema.empty()) database.exec(one.schema);
}

void apply(Database& database, const Projections& all, const Entry& entry) {
  if (entry.event.version != 1) return;
  for (const auto& one : all)
    if (const auto handler = one.handlers.find(entry.event.kind); handler != one.handlers.end())
      handler->second(database, entry);
}

void rebuild(Database& database, const Projections& all) {
  auto fresh = in_memory(all);
  SQLite::Transaction transaction(database);
  for (const auto& table : tables_in(fresh)) database.exec("DROP TABLE IF EXISTS " + table);
  create(database, all);
  replay(database, database, all);
  database.exec("PRAGMA user_version=" + std::to_string(version_of(all)));
  transaction.commit();
}

bool is_current(Database& database, const Projections& all) {
  return sql::number(database, "PRAGMA user_version", 0) == version_of(all);
}

bool rebuild_if_outdated(Database& database, const Projections& all) {
  if (is_current(database, all)) return false;
  rebuild(database, all);
  return true;
}

std::optional<std::string> first_difference(Database& database, const Projections& all) {
  auto fresh = in_memory(all);
  SQLite::Transaction transaction(fresh);
  replay(database, fresh, all);
  for (const auto& table : tables_in(fresh))
    if (digest_of(database, table) != digest_of(fresh, table)) return table;
  return std::nullopt;
}

}  // namespace edu::logs::projection
