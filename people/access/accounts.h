// Accounts: who may log in, with which roles. A person of the roster may have one, and so may somebody who is
// on no roster (a supervisor).
//
// Nothing here writes the journal: who changes an account records it in the same unit of work, by its id
// alone. All functions block and run on the connection they are given. They throw SQLite::Exception when
// storage fails.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/database.h"
#include "base/result.h"
#include "base/table.h"
#include "people/access/role.h"

namespace edu::access {

inline constexpr std::size_t kMostAccounts = 1000;  // of one station
inline constexpr std::size_t kLongestName = 64;     // bytes

struct Account {
  std::string id;    // random_id(); of a person of the roster, theirs
  std::string name;  // to log in with: NFC, one line
  Roles roles;       // one at least
  bool enabled = true;
  std::string kept;  // the password's hash; empty: none was set, nobody can log in
  bool operator==(const Account&) const = default;
};

void create_tables(Database& database);  // and that of log-ins (logins.h); idempotent

std::vector<Account> accounts(Database& database);  // by name
std::optional<Account> account_by_id(Database& database, std::string_view id);
// What the forms of a name have in common; no two accounts share it.
std::string key_of(std::string_view name);
// The one that a name as it is typed (base/typed.h) means. Refusals access.account_unknown {name} and
// access.account_unknown_near {name, nearest}, not_found.
Result<Account> named(const std::vector<Account>& accounts, std::string_view name);

// Refusals access.name_missing, access.name_text (it holds a /), access.name_long {most}; access.name_taken
// {name}, access.person_has {name} (the id has an account), access.too_many {most}, all conflict.
Result<void> insert(Database& database, const Account& account);
void set_roles(Database& database, const std::string& id, const Roles& roles);
void set_password(Database& database, const std::string& id, const std::string& kept);
void set_enabled(Database& database, const std::string& id, bool enabled);
// With its log-ins. Whether there was one.
bool erase(Database& database, const std::string& id);
// The account of `from` is that of `to` from now on, without log-ins; where `to` has one already, it goes.
// Whether there was one.
bool move(Database& database, const std::string& from, const std::string& to);

// For people: keys name, roles, state.
Table account_table(const std::vector<Account>& accounts, Language language);

}  // namespace edu::access
