#include "web/api/gate.h"

#include <algorithm>

#include <spdlog/spdlog.h>

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

// Can log in, and may do everything then.
bool operates(const access::Account& account) {
  return account.enabled && !account.kept.empty() &&
         std::ranges::find(account.roles, access::Role::station_operator) != account.roles.end();
}

Refusal wait_for(milliseconds wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(wait).count();
  return {"access.wait",
          {{"seconds", std::to_string(seconds)}, {"minutes", std::to_string(minutes)}},
          Refusal::Kind::unavailable};
}

Refusal unknown_account(const std::string& id) {
  return {"access.account_unknown", {{"name", id}}, Refusal::Kind::not_found};
}

void end_logins(logs::Transaction& transaction, const std::vector<access::Login>& logins,
                const std::string& why, const std::string& actor) {
  for (const auto& one : logins) {
    access::drop(transaction.db, one.digest);
    transaction.append(actor, logs::LoginEnded{one.account, one.no(), why});
  }
}

}  // namespace

Gate::Gate(logs::Ledger& ledger, Clock& clock, Workers& workers)
    : ledger_(ledger), clock_(clock), workers_(workers), hashing_(kHashedAtOnce) {}

void Gate::load(Database& database) {
  for (auto& one : access::accounts(database)) keep(std::move(one));
  logins_.load(access::stored_logins(database));
}

void Gate::keep(access::Account account) {
  ids_[access::key_of(account.name)] = account.id;
  auto id = account.id;
  accounts_.insert_or_assign(std::move(id), std::move(account));
}

void Gate::identify(const Request& head, Caller& caller) {
  const auto cookies = head.header("cookie");
  const auto token = cookie(cookies, kCookie);
  if (token.empty()) return;
  const auto* login = logins_.find(token, clock_.now(), head.path != "/");
  const auto* who = login ? account(login->account) : nullptr;
  if (!who || !who->enabled) return;
  caller.actor = who->id;
  caller.roles = access::keys_of(who->roles);
  caller.login = login->digest;
}

awaitable<void> Gate::seen(Caller caller) {
  const auto due = logins_.due(caller.login);
  if (!due) co_return;
  auto unit = [login = *due](logs::Transaction& transaction) -> Result<void> {
    access::see(transaction.db, login);
    return {};
  };
  try {
    co_await ledger_.write(std::move(unit));
    logins_.told(due->digest, due->used);
  } catch (const SQLite::Exception& error) {
    spdlog::warn("web: that {} was used is not kept: {}", due->no(), error.what());
  }
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

// By the name as it is typed, so that one that has no account is told apart by nothing.
awaitable<Result<void>> Gate::check(access::Account account, std::string password, std::string address) {
  const auto key = access::key_of(account.name);
  const auto wait = attempts_.wait(key, address, clock_.mono());
  if (wait > milliseconds(0)) co_return Unexpected(wait_for(wait));
  if (hashing_.waiting() >= kMostWaiting) co_return refuse("access.busy", {}, Refusal::Kind::unavailable);
  // Counted before it is looked at, so that many at once are not one.
  const bool locks = attempts_.failed(key, address, clock_.mono());
  if (!account.enabled) account.kept.clear();
  const bool right = co_await verify(account.kept, std::move(password));
  if (right) {
    attempts_.succeeded(key, address);
    co_return Result<void>();
  }
  if (locks && !account.id.empty()) {
    auto unit = [event = logs::AccountLocked{account.id, address}](logs::Transaction& transaction) {
      return transaction.append("auto", event);
    };
    co_await ledger_.write(std::move(unit));
  }
  co_return refuse("access.wrong");
}

awaitable<Result<Gate::Entered>> Gate::log_in(std::string name, std::string password, Request from) {
  access::Account who;
  who.name = std::string(truncate_utf8(name, access::kLongestName));
  const auto id = ids_.find(access::key_of(name));
  if (id != ids_.end()) who = accounts_[id->second];
  const auto right = co_await check(who, std::move(password), from.caller.address);
  if (!right) co_return Unexpected(right.error());
  co_return co_await enter(std::move(who), std::move(from));
}

// `account` as it was when its password was looked at: what has changed since is looked at again.
awaitable<Result<Gate::Entered>> Gate::enter(access::Account account, Request from) {
  const auto turn = co_await changing_.take();
  const auto* now = this->account(account.id);
  if (!now || !now->enabled || now->kept != account.kept) co_return refuse("access.wrong");
  auto opened = logins_.opening(account.id, from.caller.address, from.header("user-agent"), clock_.now());
  auto unit = [login = opened.login, ended = opened.ended](logs::Transaction& transaction) {
    access::keep(transaction.db, login);
    end_logins(transaction, ended, "crowded", "auto");
    return transaction.append(login.account, logs::LoginOpened{login.account, login.no(), login.address});
  };
  co_await ledger_.write(std::move(unit));
  forget(opened.ended);
  logins_.add(opened.login);
  Entered entered;
  entered.token = opened.token;
  entered.account = std::move(account);
  co_return entered;
}

void Gate::tell(const std::vector<access::Login>& logins) const {
  for (const auto& one : logins) ended_(one.digest);
}

void Gate::forget(const std::vector<access::Login>& logins) {
  for (const auto& one : logins) logins_.end(one.digest);
  tell(logins);
}

awaitable<void> Gate::end_all(std::vector<access::Login> logins, std::string why, std::string actor) {
  if (logins.empty()) co_return;
  auto unit = [logins, why, actor](logs::Transaction& transaction) -> Result<void> {
    end_logins(transaction, logins, why, actor);
    return {};
  };
  co_await ledger_.write(std::move(unit));
  forget(logins);
}

awaitable<void> Gate::log_out(Caller caller) {
  const auto turn = co_await changing_.take();
  auto mine = logins_.of(caller.actor);
  std::erase_if(mine, [&](const access::Login& one) { return one.digest != caller.login; });
  co_await end_all(std::move(mine), "logged_out", caller.actor);
}

awaitable<Result<access::Login>> Gate::end(std::string no, std::string actor) {
  const auto turn = co_await changing_.take();
  auto meant = logins();
  std::erase_if(meant, [&](const access::Login& one) { return one.no() != no; });
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
  const auto turn = co_await changing_.take();
  const bool first = !ready();
  if (account.id.empty()) account.id = random_id();
  auto unit = [account, actor](logs::Transaction& transaction) -> Result<void> {
    const auto inserted = access::insert(transaction.db, account);
    if (!inserted) return inserted;
    transaction.append(actor, logs::AccountAdded{account.id, access::keys_of(account.roles)});
    return {};
  };
  const auto written = co_await ledger_.write(std::move(unit));
  if (!written) co_return Unexpected(written.error());
  keep(account);
  if (first && ready()) code_.renew();  // the one that the diagnostics show is nobody's key any more
  co_return account;
}

awaitable<Result<void>> Gate::set_password(std::string id, std::string password, std::string by,
                                           std::string actor, std::string stays) {
  const auto* found = account(id);
  if (!found) co_return Unexpected(unknown_account(id));
  const auto good = access::new_password(password, found->name);
  if (!good) co_return Unexpected(good.error());
  const auto kept = co_await hashed(*good);
  const auto turn = co_await changing_.take();
  if (!account(id)) co_return Unexpected(unknown_account(id));
  auto others = logins_.of(id);
  std::erase_if(others, [&](const access::Login& one) { return one.digest == stays; });
  auto unit = [id, kept, by, actor, others](logs::Transaction& transaction) {
    access::set_password(transaction.db, id, kept);
    end_logins(transaction, others, "password", actor);
    return transaction.append(actor, logs::PasswordSet{id, by});
  };
  co_await ledger_.write(std::move(unit));
  accounts_[id].kept = kept;
  unlock(accounts_[id]);
  forget(others);
  co_return Result<void>();
}

bool Gate::is_last_operator(const access::Account& account) const {
  return operates(account) && std::ranges::none_of(accounts_, [&](const auto& one) {
           return one.first != account.id && operates(one.second);
         });
}

awaitable<Result<access::Account>> Gate::change(std::string id, Change change, std::string actor) {
  const auto turn = co_await changing_.take();
  const auto* found = account(id);
  if (!found) co_return Unexpected(unknown_account(id));
  auto now = *found;
  now.roles = change.roles.value_or(now.roles);
  now.enabled = change.enabled.value_or(now.enabled);
  if (is_last_operator(*found) && !operates(now))
    co_return refuse("access.last_operator", {}, Refusal::Kind::conflict);
  auto theirs = logins_.of(id);
  auto unit = [now, theirs, actor](logs::Transaction& transaction) -> Result<void> {
    access::set_roles(transaction.db, now.id, now.roles);
    access::set_enabled(transaction.db, now.id, now.enabled);
    transaction.append(actor, logs::AccountChanged{now.id, access::keys_of(now.roles), now.enabled ? 1 : 0});
    if (!now.enabled) end_logins(transaction, theirs, "account", actor);
    return {};
  };
  co_await ledger_.write(std::move(unit));
  accounts_[id] = now;
  if (now.enabled)
    tell(theirs);  // who listens comes back as who may less, or more
  else
    forget(theirs);
  co_return now;
}

void Gate::moved(const std::string& from, const std::string& to) {
  const auto found = accounts_.find(from);
  if (found == accounts_.end()) return;
  auto account = found->second;
  forget(logins_.of(from));
  ids_.erase(access::key_of(account.name));
  accounts_.erase(found);
  if (to.empty() || accounts_.contains(to)) return;
  account.id = to;
  keep(std::move(account));
}

// Whether somebody with this code may set this password for this name. A wrong code tells nothing of names.
Result<void> Gate::check_setup(const std::string& code, const std::string& name, const std::string& password,
                               const std::string& address) {
  const auto wait = attempts_.wait("", address, clock_.mono());
  if (wait > milliseconds(0)) return Unexpected(wait_for(wait));
  if (!code_.is(code)) {
    attempts_.failed("", address, clock_.mono());
    spdlog::warn("web: a wrong set-up code from {}", address);
    if (!ready()) spdlog::warn("web: the set-up code is {}", code_.code());
    return refuse("access.code_wrong");
  }
  const auto good = access::new_password(password, name);
  if (!good) return Unexpected(good.error());
  const auto known = named(name);
  if (!known && ready()) return Unexpected(known.error());
  if (known && !known->enabled) return refuse("access.is_disabled", {{"name", known->name}});
  if (known && !ready() &&
      std::ranges::find(known->roles, access::Role::station_operator) == known->roles.end())
    return refuse("access.name_taken", {{"name", known->name}}, Refusal::Kind::conflict);
  return {};
}

awaitable<Result<Gate::Entered>> Gate::set_up(std::string code, std::string name, std::string password,
                                              Request from) {
  const auto good = check_setup(code, name, password, from.caller.address);
  if (!good) co_return Unexpected(good.error());
  std::string id;
  if (const auto known = named(name)) {
    id = known->id;
    const auto set = co_await set_password(id, password, "code", "auto");
    if (!set) co_return Unexpected(set.error());
  } else {
    access::Account account;
    account.name = name;
    account.roles = {access::Role::station_operator};
    const auto added = co_await add(std::move(account), password, "auto");
    if (!added) co_return Unexpected(added.error());
    id = added->id;
  }
  if (code_.is(code)) code_.renew();  // spent
  const auto* made = account(id);
  if (!made) co_return Unexpected(unknown_account(id));
  auto as_made = *made;
  co_return co_await enter(std::move(as_made), std::move(from));
}

bool Gate::ready() const {
  return std::ranges::any_of(accounts_, [](const auto& one) { return operates(one.second); });
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

void Gate::unlock(const access::Account& account) { attempts_.lift(access::key_of(account.name)); }

bool Gate::locked(const access::Account& account) const {
  return attempts_.locked(access::key_of(account.name), clock_.mono());
}

}  // namespace edu::web
