#include "people/access/accounts.h"

#include <algorithm>

#include "base/sql.h"
#include "base/text.h"
#include "base/typed.h"

namespace edu::access {
namespace {

constexpr const char* kSelect = "SELECT id, name, roles, enabled, kept FROM account ";

Account read(SQLite::Statement& row) {
  return {.id = row.getColumn(0).getString(),
          .name = row.getColumn(1).getString(),
          .roles = stored_roles(row.getColumn(2).getString()),
          .enabled = row.getColumn(3).getInt() != 0,
          .kept = row.getColumn(4).getString()};
}

}  // namespace

std::string key_of(std::string_view name) { return name_key(name.substr(0, kLongestName * 2)); }

void create_tables(Database& database) {
  database.exec(R"(
    CREATE TABLE IF NOT EXISTS account (
      id TEXT PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE, roles TEXT NOT NULL,
      enabled INTEGER NOT NULL, kept TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS login (
      digest TEXT PRIMARY KEY, account TEXT NOT NULL, since_ms INTEGER NOT NULL, used_ms INTEGER NOT NULL,
      address TEXT NOT NULL, agent TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;)");
}

std::vector<Account> accounts(Database& database) {
  auto rows = sql::prepare(database, (std::string(kSelect) + "ORDER BY name").c_str());
  std::vector<Account> out;
  while (rows.executeStep()) out.push_back(read(rows));
  return out;
}

std::optional<Account> account_by_id(Database& database, std::string_view id) {
  auto rows = sql::prepare(database, (std::string(kSelect) + "WHERE id = ?").c_str(), id);
  if (!rows.executeStep()) return std::nullopt;
  return read(rows);
}

Result<Account> named(const std::vector<Account>& accounts, std::string_view name) {
  const auto key = key_of(name);
  std::vector<std::string> names;
  for (const auto& one : accounts) {
    if (key_of(one.name) == key) return one;
    names.push_back(one.name);
  }
  const auto shown = one_line(name, kLongestName), near = nearest(shown, names);
  return refuse(near.empty() ? "access.account_unknown" : "access.account_unknown_near",
                {{"name", shown}, {"nearest", near}}, Refusal::Kind::not_found);
}

Result<void> insert(Database& database, const Account& account) {
  const auto key = key_of(account.name);
  if (key.empty()) return refuse("access.name_missing");
  if (account.name.find('/') != std::string::npos) return refuse("access.name_text");  // it is part of a path
  if (account.name.size() > kLongestName)
    return refuse("access.name_long", {{"most", std::to_string(kLongestName)}});
  if (sql::number(database, "SELECT count(*) FROM account WHERE key = ?", 0, key) > 0)
    return refuse("access.name_taken", {{"name", account.name}}, Refusal::Kind::conflict);
  if (const auto theirs = account_by_id(database, account.id))
    return refuse("access.person_has", {{"name", theirs->name}}, Refusal::Kind::conflict);
  if (sql::number(database, "SELECT count(*) FROM account", 0) >= static_cast<std::int64_t>(kMostAccounts))
    return refuse("access.too_many", {{"most", std::to_string(kMostAccounts)}}, Refusal::Kind::conflict);
  sql::exec(database, "INSERT INTO account(id, name, key, roles, enabled, kept) VALUES(?, ?, ?, ?, ?, ?)",
            account.id, account.name, key, stored(account.roles), account.enabled, account.kept);
  return {};
}

void set_roles(Database& database, const std::string& id, const Roles& roles) {
  sql::exec(database, "UPDATE account SET roles = ? WHERE id = ?", stored(roles), id);
}

void set_password(Database& database, const std::string& id, const std::string& kept) {
  sql::exec(database, "UPDATE account SET kept = ? WHERE id = ?", kept, id);
}

void set_enabled(Database& database, const std::string& id, bool enabled) {
  sql::exec(database, "UPDATE account SET enabled = ? WHERE id = ?", enabled, id);
}

bool erase(Database& database, const std::string& id) {
  sql::exec(database, "DELETE FROM login WHERE account = ?", id);
  return sql::exec(database, "DELETE FROM account WHERE id = ?", id) > 0;
}

bool move(Database& database, const std::string& from, const std::string& to) {
  if (account_by_id(database, to)) return erase(database, from);
  sql::exec(database, "DELETE FROM login WHERE account = ?", from);
  return sql::exec(database, "UPDATE account SET id = ? WHERE id = ?", to, from) > 0;
}

}  // namespace edu::access
