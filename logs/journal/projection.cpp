// Events of the journal come in, rows of the projections' tables leave. The same handlers make the tables
// again (rebuild) and prove them (first_difference).
#include "logs/journal/projection.h"

#include "base/diagnostics.h"
#include "base/sql.h"

namespace edu::logs::projection {
namespace {

// How records become entries. Increment when the same record would make another entry: every station then
// makes its tables again at its next start. 2: of the record's bytes, not of the event that was handed in.
constexpr int kReading = 2;

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
  hash.update(std::to_string(kReading));
  for (const auto& one : all) {
    hash.update(one.name + ":" + std::to_string(one.version) + ":" + one.schema + ";");
    for (const auto& [kind, handler] : one.handlers) hash.update(kind + ",");
  }
  const auto digest = hash.finish();
  const std::int64_t number = (digest[0] & 0x7f) << 24 | digest[1] << 16 | digest[2] << 8 | digest[3];
  return number == 0 ? 1 : number;
}

// `unreadable(entry, why)` is told of records whose payload no handler can read; false ends the replay.
template <class Unreadable>
void replay(Database& journal_of, Database& tables_of, const Projections& all, Unreadable unreadable) {
  journal::each(journal_of, 0, [&](const Record& record) {
    const auto entry = entry_of(record);
    try {
      apply(tables_of, all, entry);
    } catch (const boost::system::system_error& error) {  // Boost.JSON's conversions
      return unreadable(entry, error.code().message());
    } catch (const SQLite::Exception& error) {  // a value that the table's schema forbids
      return unreadable(entry, std::string(error.what()));
    }
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

Entry entry_of(const Record& record) {
  const auto fields = record.fields();
  Event event{get_string(fields, "kind"), get_string(fields, "actor"), get_object(fields, "payload"),
              get_int(fields, "v", 1)};
  return {record.seq, get_string(fields, "clock"), std::move(event)};
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
  replay(database, database, all, [](const Entry& entry, const std::string& why) {
    spdlog::error("journal: record {} ({}) cannot be read: {}", entry.seq, entry.event.kind, why);
    return true;
  });
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

std::optional<Difference> first_difference(Database& database, const Projections& all) {
  auto fresh = in_memory(all);
  SQLite::Transaction transaction(fresh);
  std::optional<Difference> found;
  replay(database, fresh, all, [&](const Entry& entry, const std::string& why) {
    found = Difference{entry.seq, entry.event.kind + ": " + why};
    return false;
  });
  if (found) return found;
  for (const auto& table : tables_in(fresh))
    if (digest_of(database, table) != digest_of(fresh, table)) return Difference{std::nullopt, table};
  return std::nullopt;
}

}  // namespace edu::logs::projection
