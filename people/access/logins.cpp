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
            "INSERT INTO login(digest, account, since_ms, used_ms, address, agent) VALUES(?, ?, ?, ?, ?, ?) "
            "ON CONFLICT(digest) DO UPDATE SET used_ms = excluded.used_ms",
            login.digest, login.account, login.since.time_since_epoch().count(),
            login.used.time_since_epoch().count(), login.address, login.agent);
}

void drop(Database& database, const std::string& digest) {
  sql::exec(database, "DELETE FROM login WHERE digest = ?", digest);
}

std::string digest_of_token(std::string_view token) { return to_hex(Sha256().update(token).finish()); }

void Logins::load(std::vector<Login> stored) {
  for (auto& one : stored) {
    told_[one.digest] = one.used;
    auto digest = one.digest;
    by_digest_.insert_or_assign(std::move(digest), std::move(one));
  }
}

Logins::Opened Logins::open(std::string account, std::string address, std::string agent, WallTime now) {
  Opened opened;
  opened.token = random_id(kToken);
  opened.login = {.digest = digest_of_token(opened.token),
                  .account = std::move(account),
                  .since = now,
                  .used = now,
                  .address = one_line(address, kLongestAgent),
                  .agent = one_line(agent, kLongestAgent)};
  const auto give_way = [&](std::vector<Login> logins, std::size_t most) {
    std::ranges::sort(logins, {}, &Login::used);
    for (std::size_t i = 0; i + most <= logins.size(); ++i) {
      opened.ended.push_back(logins[i]);
      end(logins[i].digest);
    }
  };
  give_way(of(opened.login.account), kOfOne);
  give_way(all(WallTime::min()), kOfAll);
  by_digest_[opened.login.digest] = opened.login;
  told_[opened.login.digest] = now;
  return opened;
}

const Login* Logins::find(std::string_view token, WallTime now) {
  const auto found = by_digest_.find(digest_of_token(token));
  if (found == by_digest_.end() || idle(found->second, now)) return nullptr;
  auto& login = found->second;
  login.used = std::max(login.used, now);
  return &login;
}

std::optional<Login> Logins::due(const std::string& digest) {
  const auto found = by_digest_.find(digest);
  if (found == by_digest_.end()) return std::nullopt;
  auto& told = told_[digest];
  if (found->second.used - told < kSeen) return std::nullopt;
  told = found->second.used;
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
