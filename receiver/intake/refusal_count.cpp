#include "receiver/intake/refusal_count.h"

#include "base/sql.h"
#include "receiver/intake/quarantine_keep.h"

namespace edu::receiver {
namespace {

constexpr std::int64_t kFirst = 5;
constexpr std::int64_t kMostSenders = 1000;
constexpr std::int64_t kHour = 3'600'000, kDay = 24 * kHour;  // ms

struct Count {
  std::int64_t count = 0, told = 0;  // in the last hours; of them in the book, single or summed up
  std::int64_t since_ms = 0;         // the last line
};

Count kept(Database& db, const std::string& sender) {
  auto row = sql::prepare(db, "SELECT count, told, since_ms FROM refusal_count WHERE sender=?", sender);
  if (!row.executeStep()) return {};
  return {row.getColumn(0).getInt64(), row.getColumn(1).getInt64(), row.getColumn(2).getInt64()};
}

void keep(Database& db, const std::string& sender, const Count& of, const logs::ReceptionRecorded& last) {
  sql::exec(db,
            "INSERT OR REPLACE INTO refusal_count(sender, count, told, since_ms, started_ms, means, source, "
            "name, title, receiver) VALUES(?,?,?,?,?,?,?,?,?,?)",
            sender, of.count, of.told, of.since_ms, last.started_ms, last.means, last.source, last.name,
            last.title, last.receiver);
  sql::exec(db,
            "DELETE FROM refusal_count WHERE sender IN (SELECT sender FROM refusal_count ORDER BY told < "
            "count DESC, since_ms DESC LIMIT -1 OFFSET ?)",
            kMostSenders);
}

// Whether this one is told, with all that were not.
bool is_told(const Count& of, std::int64_t now_ms) {
  if (of.count <= kFirst) return true;
  std::int64_t power = 10;
  while (power < of.count) power *= 10;
  const bool set_back = now_ms < of.since_ms;  // the clock: nobody knows how long it was
  return power == of.count || set_back || now_ms - of.since_ms >= kHour;
}

}  // namespace

void create_refusal_count(Database& database) {
  database.exec(R"(
    CREATE TABLE IF NOT EXISTS refusal_count(
      sender TEXT PRIMARY KEY, count INTEGER NOT NULL, told INTEGER NOT NULL, since_ms INTEGER NOT NULL,
      started_ms INTEGER NOT NULL, means TEXT NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL,
      title TEXT NOT NULL, receiver TEXT NOT NULL) STRICT)");
}

std::int64_t count_refusal(Database& database, const logs::ReceptionRecorded& refused, WallTime now) {
  const auto sender = sender_of(refused.means, refused.source);
  const auto now_ms = to_ms(now);
  auto of = kept(database, sender);
  if (of.count == of.told && now_ms - of.since_ms > kDay) of = {};
  ++of.count;
  std::int64_t told = 0;
  if (is_told(of, now_ms)) {
    told = of.count - of.told;
    of.told = of.count;
    of.since_ms = now_ms;
  }
  keep(database, sender, of, refused);
  return told;
}

void sum_up(logs::ReceptionRecorded& record, std::int64_t count) {
  record.outcome = "refused";
  record.reason_code = "receiver.more_refused";
  record.reason_args = {{"count", std::to_string(count)}};
}

std::vector<logs::ReceptionRecorded> take_untold(Database& database, WallTime now) {
  std::vector<logs::ReceptionRecorded> lines;
  auto row = sql::prepare(database,
                          "SELECT count - told, started_ms, means, source, name, title, receiver FROM "
                          "refusal_count WHERE told < count ORDER BY sender");
  while (row.executeStep()) {
    logs::ReceptionRecorded line;
    line.started_ms = row.getColumn(1).getInt64();
    line.means = row.getColumn(2).getString();
    line.source = row.getColumn(3).getString();
    line.name = row.getColumn(4).getString();
    line.title = row.getColumn(5).getString();
    line.receiver = row.getColumn(6).getString();
    line.integrity = "unchecked";
    sum_up(line, row.getColumn(0).getInt64());
    lines.push_back(std::move(line));
  }
  sql::exec(database, "UPDATE refusal_count SET told=count, since_ms=? WHERE told < count", to_ms(now));
  return lines;
}

}  // namespace edu::receiver
