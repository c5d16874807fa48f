// Who may come in on TCP: log-ins, and the accounts behind them.
//
// A request names its log-in by a cookie; what the gate knows of it lies in memory, so that asking costs no
// disk. What changes an account or a log-in is one unit of work with its record, then this memory. Loop
// thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/turns.h"
#include "base/workers.h"
#include "logs/journal/ledger.h"
#include "people/access/accounts.h"
#include "people/access/attempts.h"
#include "people/access/logins.h"
#include "people/access/setup_code.h"
#include "web/http/http.h"

namespace edu::web {

class Gate {
 public:
  Gate(logs::Ledger& ledger, Clock& clock, Workers& workers);

  // Reads accounts and log-ins, on any connection; once, at start-up.
  void load(Database& database);

  // Fills in the caller's account, roles and log-in where the request's cookie names one that holds.
  void identify(const Request& head, Caller& caller);
  // Tells the table now and then that a log-in is in use. Await it with each request of theirs.
  awaitable<void> seen(const Caller& caller);

  // The cookie's value, for who has the name and the password. Refusals access.wrong (name or password, or
  // the account is disabled: a stranger learns no more), access.wait {seconds}, access.busy.
  awaitable<Result<std::string>> log_in(std::string name, std::string password, const Request& request);
  awaitable<void> log_out(const Caller& caller);

  // A new account; an empty password: none yet. Refusals of access::new_password and access::insert.
  awaitable<Result<access::Account>> add(access::Account account, std::string password, std::string actor);
  // Refusals of access::new_password. Ends the account's log-ins but `stays`. `by` as PasswordSet has it.
  awaitable<Result<void>> set_password(access::Account account, std::string password, std::string by,
                                       std::string actor, std::string stays = {});
  // Refusal access.last_operator (conflict). Ends the account's log-ins when it is disabled.
  awaitable<Result<void>> change(access::Account account, std::string actor);
  // Of a person who is erased: the account's name goes, and nobody can log in with it.
  awaitable<void> erase(std::string id, std::string actor);
  // Whether that is the account's password; refusals as log_in.
  awaitable<Result<void>> check(access::Account account, std::string password, std::string address);
  void unlock(const access::Account& account) { attempts_.lift(account.id); }

  // An operator who can log in exists: until then a person at the machine makes the first one.
  bool ready() const;
  access::SetupCode& setup_code() { return code_; }

  std::vector<access::Account> accounts() const;  // by name
  const access::Account* account(std::string_view id) const;
  Result<access::Account> named(std::string_view name) const;  // refusals of access::find_account
  bool locked(const access::Account& account) const;

  std::vector<access::Login> logins() const { return logins_.all(clock_.now()); }
  // By its number as lists show it. Refusal access.login_unknown {login}, not_found.
  awaitable<Result<access::Login>> end(std::string no, std::string actor);

  // Called on the loop when log-ins have ended, with their digests.
  void on_end(std::function<void(const std::string& digest)> listener) { ended_ = std::move(listener); }

 private:
  awaitable<void> end_all(std::vector<access::Login> logins, std::string why, std::string actor);
  void forget(const std::vector<access::Login>& logins);
  awaitable<bool> verify(std::string kept, std::string password);
  awaitable<std::string> hashed(std::string password);

  logs::Ledger& ledger_;
  Clock& clock_;
  Workers& workers_;
  Turns hashing_;                                                 // each takes access::kMemory
  std::map<std::string, access::Account, std::less<>> accounts_;  // by id
  access::Logins logins_;
  access::Attempts attempts_;
  access::SetupCode code_;
  std::function<void(const std::string&)> ended_ = [](const std::string&) {};
};

inline constexpr std::string_view kCookie = "__Host-edustation";

}  // namespace edu::web
