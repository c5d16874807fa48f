#include "web/api/gate.h"

#include <algorithm>

#include "base/random.h"
#include "base/text.h"
#include "base/typed.h"
#include "people/access/password.h"

namespace edu::web {
namespace {

constexpr std::size_t kHashedAtOnce = 2;
constexpr std::size_t kMostWaiting = 16;  // passwords that wait to be looked at: some seconds' worth

// The value of a cookie of that name (RFC 6265 section 4.2.1); empty: there is none.
std::string_view cookie(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    auto pair = header.substr(0, header.find_first_of(";,"));
    header.remove_prefix(std::min(header.size(), pair.size() + 1));
    pair.remove_prefix(std::min(pair.size(), pair.find_first_not_of(' ')));
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
      return pair.substr(name.size() + 1);
  }
  return {};
}

bool is_operator(const access::Account& account) {
  return std::ranges::find(account.roles, access::Role::station_operator) != account.roles.end();
}

}  // namespace

Gate::Gate(logs::Ledger& ledger, Clock& clock, Workers& workers)
    : ledger_(ledger), clock_(clock), workers_(workers), hashing_(kHashedAtOnce) {}

void Gate::load(Database& database) {
  for (auto& one : access::accounts(database)) {
    auto id = one.id;
    accounts_.insert_or_assign(std::move(id), std::move(one));
  }
  logins_.load(access::stored_logins(database));
}

void Gate::identify(const Request& head, Caller& caller) {
  const auto cookies = head.header("cookie");
  const auto token = cookie(cookies, kCookie);
  if (token.empty()) return;
  const auto* login = logins_.find(token, clock_.now());
  const auto* who = login ? account(login->account) : nullptr;
  if (!who || !who->enabled) return;
  caller.actor = who->id;
  caller.roles = access::keys_of(who->roles);
  caller.login = login->digest;
}

awaitable<void> Gate::seen(const Caller& caller) {
  const auto due = logins_.due(caller.login);
  if (!due) co_return;
  auto unit = [login = *due](logs::Transaction& transaction) -> Result<void> {
    access::keep(transaction.db, login);
    return {};
  };
  co_await ledger_.write(std::move(unit));
}

awaitable<bool> Gate::verify(std::string kept, std::string password) {
  const auto turn = co_await hashing_.take();
  auto work = [kept = std::move(kept), password = std::move(password)] {
    return access::matches(kept, password);
  };
  co_return co_await workers_.run(std::move(work));
}

awaitable<std::string> Gate::hashed(std::string password) {
  const auto turn = co_await hashing_.take();
  auto work = [password = std::move(password)] { return access::hash(password); };
  co_return co_await workers_.run(std::move(work));
}

awaitable<Result<void>> Gate::check(access::Account account, std::string password, std::string address) {
  const auto wait = attempts_.wait(account.id, address, clock_.mono());
  if (wait > milliseconds(0)) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    co_return refuse("access.wait", {{"seconds", std::to_string(seconds)}}, Refusal::Kind::unavailable);
  }
  if (hashing_.waiting() >= kMostWaiting) co_return refuse("access.busy", {}, Refusal::Kind::unavailable);
  // Counted before it is looked at, so that many at once are not one.
  const auto was_locked = locked(account);
  attempts_.failed(account.id, address, clock_.mono());
  if (!account.enabled) account.kept.clear();
  const bool right = co_await verify(account.kept, std::move(password));
  if (right) {
    attempts_.succeeded(account.id, address);
    co_return Result<void>();
  }
  if (!was_locked && locked(account)) {
    auto unit =
        [event = logs::AccountLocked{account.id, address}](logs::Transaction& transaction) -> Result<void> {
      transaction.append("auto", event);
      return {};
    };
    co_await ledger_.write(std::move(unit));
  }
  co_return refuse("access.wrong");
}

awaitable<Result<std::string>> Gate::log_in(std::string name, std::string password, const Request& request) {
  const auto found = named(name);
  const auto address = request.caller.address, agent = request.header("user-agent");
  const auto who = found ? *found : access::Account{};
  const auto right = co_await check(who, std::move(password), address);
  if (!right) co_return Unexpected(right.error());
  auto opened = logins_.open(who.id, address, agent, clock_.now());
  forget(opened.ended);
  auto unit = [login = opened.login, ended = opened.ended](logs::Transaction& transaction) -> Result<void> {
    access::keep(transaction.db, login);
    transaction.append(login.account, logs::LoginOpened{login.account, login.no(), login.address});
    for (const auto& one : ended) {
      access::drop(transaction.db, one.digest);
      transaction.append("auto", logs::LoginEnded{one.account, one.no(), "crowded"});
    }
    return {};
  };
  co_await ledger_.write(std::move(unit));
  co_return opened.token;
}

void Gate::forget(const std::vector<access::Login>& logins) {
  for (const auto& one : logins) {
    logins_.end(one.digest);
    ended_(one.digest);
  }
}

awaitable<void> Gate::end_all(std::vector<access::Login> logins, std::string why, std::string actor) {
  forget(logins);
  if (logins.empty()) co_return;
  auto unit = [logins, why, actor](logs::Transaction& transaction) -> Result<void> {
    for (const auto& one : logins) {
      access::drop(transaction.db, one.digest);
      transaction.append(actor, logs::LoginEnded{one.account, one.no(), why});
    }
    return {};
  };
  co_await ledger_.write(std::move(unit));
}

awaitable<void> Gate::log_out(const Caller& caller) {
  auto mine = logins_.of(caller.actor);
  std::erase_if(mine, [&](const access::Login& one) { return one.digest != caller.login; });
  co_await end_all(std::move(mine), "logged_out", caller.actor);
}

awaitable<Result<access::Login>> Gate::end(std::string no, std::string actor) {
  std::vector<access::Login> meant;
  for (const auto& one : logins())
    if (one.no() == no) meant.push_back(one);
  if (meant.empty())
    co_return refuse("access.login_unknown", {{"login", one_line(no, 32)}}, Refusal::Kind::not_found);
  const auto ended = meant.front();
  co_await end_all(std::move(meant), "ended", std::move(actor));
  co_return ended;
}

awaitable<Result<access::Account>> Gate::add(access::Account account, std::string password,
                                             std::string actor) {
  account.name = std::string(folded_name(account.name.substr(0, access::kLongestName * 2)));
  if (!password.empty()) {
    const auto good = access::new_password(password, account.name);
    if (!good) co_return Unexpected(good.error());
    account.kept = co_await hashed(*good);
  }
  if (account.id.empty()) account.id = random_id();
  auto unit = [account, actor](logs::Transaction& transaction) -> Result<void> {
    const auto inserted = access::insert(transaction.db, account);
    if (!inserted) return inserted;
    transaction.append(actor, logs::AccountAdded{account.id, access::keys_of(account.roles)});
    return {};
  };
  const auto written = co_await ledger_.write(std::move(unit));
  if (!written) co_return Unexpected(written.error());
  accounts_[account.id] = account;
  co_return account;
}

awaitable<Result<void>> Gate::set_password(access::Account account, std::string password, std::string by,
                                           std::string actor, std::string stays) {
  const auto good = access::new_password(password, account.name);
  if (!good) co_return Unexpected(good.error());
  const auto kept = co_await hashed(*good);
  auto unit = [id = account.id, kept, by, actor](logs::Transaction& transaction) -> Result<void> {
    access::set_password(transaction.db, id, kept);
    transaction.append(actor, logs::PasswordSet{id, by});
    return {};
  };
  co_await ledger_.write(std::move(unit));
  accounts_[account.id].kept = kept;
  unlock(account);
  auto others = logins_.of(account.id);
  std::erase_if(others, [&](const access::Login& one) { return one.digest == stays; });
  co_await end_all(std::move(others), "password", actor);
  co_return Result<void>();
}

awaitable<Result<void>> Gate::change(access::Account account, std::string actor) {
  auto unit = [account, actor](logs::Transaction& transaction) -> Result<void> {
    const bool could = account.enabled && is_operator(account);
    if (!could && !access::another_operator(transaction.db, account.id))
      return refuse("access.last_operator", {}, Refusal::Kind::conflict);
    access::set_roles(transaction.db, account.id, account.roles);
    access::set_enabled(transaction.db, account.id, account.enabled);
    transaction.append(
        actor, logs::AccountChanged{account.id, access::keys_of(account.roles), account.enabled ? 1 : 0});
    return {};
  };
  const auto written = co_await ledger_.write(std::move(unit));
  if (!written) co_return written;
  auto& known = accounts_[account.id];
  known.roles = account.roles;
  known.enabled = account.enabled;
  if (!account.enabled) co_await end_all(logins_.of(account.id), "account", actor);
  co_return Result<void>();
}

awaitable<void> Gate::erase(std::string id, std::string actor) {
  if (!account(id)) co_return;
  co_await end_all(logins_.of(id), "account", actor);
  auto unit = [id, actor](logs::Transaction& transaction) -> Result<void> {
    access::erase(transaction.db, id);
    transaction.append(actor, logs::AccountChanged{id, {}, 0});
    return {};
  };
  co_await ledger_.write(std::move(unit));
  accounts_.erase(id);
}

bool Gate::ready() const {
  return std::ranges::any_of(accounts_, [](const auto& one) {
    return one.second.enabled && !one.second.kept.empty() && is_operator(one.second);
  });
}

std::vector<access::Account> Gate::accounts() const {
  std::vector<access::Account> out;
  for (const auto& [id, account] : accounts_) out.push_back(account);
  std::ranges::sort(out, {}, &access::Account::name);
  return out;
}

const access::Account* Gate::account(std::string_view id) const {
  const auto found = accounts_.find(id);
  return found == accounts_.end() ? nullptr : &found->second;
}

Result<access::Account> Gate::named(std::string_view name) const { return access::named(accounts(), name); }

bool Gate::locked(const access::Account& account) const {
  return attempts_.locked(account.id, clock_.mono());
}

}  // namespace edu::web
