#include "receiver/channels/recorded_keys.h"

#include "base/sha256.h"
#include "base/sql.h"

namespace edu::receiver {
namespace {

constexpr std::int64_t kKept = 2000;  // a second never has so many

}  // namespace

void create_recorded_keys(Database& database) {
  database.exec(R"(
    CREATE TABLE IF NOT EXISTS multicast_recorded(no INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT)");
}

void remember_key(Database& database, const multicast::ObjectKey& key) {
  sql::exec(database, "INSERT OR REPLACE INTO multicast_recorded(key) VALUES(?)", to_hex(key));
  sql::exec(database, "DELETE FROM multicast_recorded WHERE no <= ?", database.getLastInsertRowid() - kKept);
}

void forget_key(Database& database, const multicast::ObjectKey& key) {
  sql::exec(database, "DELETE FROM multicast_recorded WHERE key=?", to_hex(key));
}

std::vector<multicast::ObjectKey> recorded_keys(Database& database) {
  std::vector<multicast::ObjectKey> keys;
  auto row = sql::prepare(database, "SELECT key FROM multicast_recorded ORDER BY no");
  while (row.executeStep())
    if (const auto key = digest_from_hex(row.getColumn(0).getString())) keys.push_back(*key);
  return keys;
}

}  // namespace edu::receiver
