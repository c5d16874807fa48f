// Events come in with their stamps, chained records leave; on the writer's connection for appending, on any
// for reading. Nothing is held in memory: the head is what the table says, so a unit of work that is rolled
// back takes its records with it.
#include "logs/journal/journal.h"

#include <cstring>

#include "base/bytes.h"
#include "base/sql.h"

namespace edu::logs {
namespace {

Digest digest_of(const SQLite::Column& column) {
  Digest digest{};
  if (column.getBytes() == static_cast<int>(digest.size()))
    std::memcpy(digest.data(), column.getBlob(), digest.size());
  return digest;
}

Record record_of(Statement& row) {
  Record record;
  record.seq = row.getColumn(0).getInt64();
  record.body = row.getColumn(1).getString();
  record.prev = digest_of(row.getColumn(2));
  record.hash = digest_of(row.getColumn(3));
  return record;
}

void bind_digest(Statement& statement, int index, const Digest& digest) {
  statement.bind(index, digest.data(), static_cast<int>(digest.size()));
}

}  // namespace

json::object Record::fields() const {
  auto parsed = parse_json(body);
  return parsed && parsed->is_object() ? std::move(parsed->get_object()) : json::object();
}

namespace journal {

void create(Database& database) {
  database.exec(R"(
    CREATE TABLE IF NOT EXISTS journal(
      seq INTEGER PRIMARY KEY, body TEXT NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
    CREATE TRIGGER IF NOT EXISTS journal_keeps BEFORE UPDATE ON journal
      BEGIN SELECT RAISE(ABORT, 'the journal is append only'); END;
    CREATE TRIGGER IF NOT EXISTS journal_stays BEFORE DELETE ON journal
      BEGIN SELECT RAISE(ABORT, 'the journal is append only'); END)");
}

Head head(Database& database) {
  Statement newest(database, "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1");
  if (!newest.executeStep()) return {};
  return {newest.getColumn(0).getInt64(), digest_of(newest.getColumn(1))};
}

Record append(Database& database, const Stamp& stamp, const std::string& boot, const Event& event) {
  const auto newest = head(database);
  Record record;
  record.seq = newest.seq + 1;
  record.prev = newest.hash;

  json::object body;
  body["seq"] = record.seq;
  body["boot"] = boot;
  body["at"] = to_ms(stamp.at);
  body["mono"] = stamp.mono.count();
  body["clock"] = to_string(stamp.trust);
  body["kind"] = event.kind;
  body["v"] = event.version;
  body["actor"] = event.actor;
  body["payload"] = event.payload;
  record.body = canonical(body);
  record.hash = Sha256().update(record.prev).update(bytes_of(record.body)).finish();

  Statement insert(database, "INSERT INTO journal(seq, body, prev, hash) VALUES(?, ?, ?, ?)");
  insert.bind(1, record.seq);
  insert.bind(2, record.body);
  bind_digest(insert, 3, record.prev);
  bind_digest(insert, 4, record.hash);
  insert.exec();
  return record;
}

void each(Database& database, std::int64_t first, const std::function<bool(const Record&)>& visit) {
  Statement rows(database, "SELECT seq, body, prev, hash FROM journal WHERE seq >= ? ORDER BY seq");
  rows.bind(1, first);
  while (rows.executeStep())
    if (!visit(record_of(rows))) return;
}

std::vector<Record> tail(Database& database, std::int64_t count) {
  std::vector<Record> records;
  each(database, head(database).seq - count + 1, [&](const Record& record) {
    records.push_back(record);
    return true;
  });
  return records;
}

}  // namespace journal
}  // namespace edu::logs
