#include "people/access/logins.h"

#include <algorithm>

#include "base/random.h"
#include "base/sha256.h"
#include "base/sql.h"
#include "base/text.h"

namespace edu::access {
namespace {

constexpr std::size_t kToken = 32;          // bytes
constexpr std::size_t kLongestAgent = 160;  // bytes of what a browser says of itself

bool idle(const Login& login, WallTime now) { return now - login.used > Logins::kIdle; }

}  // namespace

std::vector<Login> stored_logins(Database& database) {
  auto rows = sql::prepare(database, "SELECT digest, account, since_ms, used_ms, address, agent FROM login");
  std::vector<Login> out;
  while (rows.executeStep())
    out.push_back({.digest = rows.getColumn(0).getString(),
                   .account = rows.getColumn(1).getString(),
                   .since = WallTime(milliseconds(rows.getColumn(2).getInt64())),
                   .used = WallTime(milliseconds(rows.getColumn(3).getInt64())),
                   .address = rows.getColumn(4).getString(),
                   .agent = rows.getColumn(5).getString()});
  return out;
}

void keep(Database& database, const Login& login) {
  sql::exec(database,
            "INSERT INTO login(digest, account, since_ms, used_ms, address, agent) VALUES(?, ?, ?, ?, ?, ?)",
            login.digest, login.account, login.since.time_since_epoch().count(),
            login.used.time_since_epoch().count(), login.address, login.agent);
}

void see(Database& database, const Login& login) {
  sql::exec(database, "UPDATE login SET used_ms = ? WHERE digest = ?", login.used.time_since_epoch().count(),
            login.digest);
}

void drop(Database& database, const std::string& digest) {
  sql::exec(database, "DELETE FROM login WHERE digest = ?", digest);
}

std::string digest_of_token(std::string_view token) { return to_hex(Sha256().update(token).finish()); }

void Logins::load(std::vector<Login> stored) {
  for (auto& one : stored) add(std::move(one));
}

void Logins::add(Login login) {
  told_[login.digest] = login.used;
  auto digest = login.digest;
  by_digest_.insert_or_assign(std::move(digest), std::move(login));
}

Logins::Opening Logins::opening(std::string account, std::string address, std::string agent,
                                WallTime now) const {
  Opening opening;
  opening.token = random_id(kToken);
  opening.login = {.digest = digest_of_token(opening.token),
                   .account = std::move(account),
                   .since = now,
                   .used = now,
                   .address = one_line(address, kLongestAgent),
                   .agent = one_line(agent, kLongestAgent)};
  std::vector<Login> theirs, others;
  for (const auto& [digest, login] : by_digest_)
    (login.account == opening.login.account ? theirs : others).push_back(login);
  const auto give_way = [&](std::vector<Login>& logins, std::size_t most) {
    std::ranges::sort(logins, {}, &Login::used);
    while (logins.size() >= most) {
      opening.ended.push_back(logins.front());
      logins.erase(logins.begin());
    }
  };
  give_way(theirs, kOfOne);
  others.insert(others.end(), theirs.begin(), theirs.end());
  give_way(others, kOfAll);
  return opening;
}

const Login* Logins::find(std::string_view token, WallTime now, bool use) {
  const auto found = by_digest_.find(digest_of_token(token));
  if (found == by_digest_.end()) return nullptr;
  auto& login = found->second;
  login.used = std::min(login.used, now);  // a clock that was ahead makes nobody's login longer
  if (idle(login, now)) return nullptr;
  if (use) login.used = now;
  return &login;
}

std::optional<Login> Logins::due(const std::string& digest) const {
  const auto found = by_digest_.find(digest);
  const auto told = told_.find(digest);
  if (found == by_digest_.end() || told == told_.end()) return std::nullopt;
  const auto since = found->second.used - told->second;
  if (since < kSeen && since >= milliseconds(0)) return std::nullopt;
  return found->second;
}

void Logins::end(const std::string& digest) {
  by_digest_.erase(digest);
  told_.erase(digest);
}

std::vector<Login> Logins::of(const std::string& account) const {
  std::vector<Login> out;
  for (const auto& [digest, login] : by_digest_)
    if (login.account == account) out.push_back(login);
  return out;
}

std::vector<Login> Logins::all(WallTime now) const {
  std::vector<Login> out;
  for (const auto& [digest, login] : by_digest_)
    if (!idle(login, now)) out.push_back(login);
  std::ranges::sort(out, std::ranges::greater(), &Login::since);
  return out;
}

}  // namespace edu::access
