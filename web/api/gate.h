// Who may come in on TCP: log-ins, and the accounts behind them.
//
// A request names its log-in by a cookie; what the gate knows of it lies in memory, so that asking costs no
// disk. Changes take turns: one unit of work with its records, then, when that is on disk, this memory. Loop
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

  // Fills in the caller's account, roles and log-in where the request's cookie names one that holds. A look
  // at the first page, which fetches itself again and again, is no use of it.
  void identify(const Request& head, Caller& caller);
  // Tells the table now and then that a log-in is in use. Never fails: that it cannot is logged.
  awaitable<void> seen(Caller caller);

  struct Entered {
    std::string token;  // the cookie's value
    access::Account account;
  };
  // Refusals access.wrong (name or password, or the account is disabled: a stranger learns no more),
  // access.wait {seconds, minutes}, access.busy.
  awaitable<Result<Entered>> log_in(std::string name, std::string password, Request from);
  awaitable<void> log_out(Caller caller);

  // By the code of somebody at the machine: the first operator, or a new password for an account; then a
  // log-in. Refusals of check_setup, and those of `add`, `set_password`.
  awaitable<Result<Entered>> set_up(std::string code, std::string name, std::string password, Request from);

  // A new account; an empty password: none yet. Refusals of access::new_password and access::insert.
  awaitable<Result<access::Account>> add(access::Account account, std::string password, std::string actor);
  // Refusals of access::new_password. Ends the account's log-ins but `stays`. `by` as PasswordSet has it.
  awaitable<Result<void>> set_password(std::string id, std::string password, std::string by,
                                       std::string actor, std::string stays = {});
  // What is not given stays. Refusal access.last_operator (conflict). Ends the log-ins of one that is
  // disabled. Answers the account as it is then.
  struct Change {
    std::optional<access::Roles> roles = {};
    std::optional<bool> enabled = {};
  };
  awaitable<Result<access::Account>> change(std::string id, Change change, std::string actor);
  // Whether that is the account's password; refusals as log_in.
  awaitable<Result<void>> check(access::Account account, std::string password, std::string address);
  void unlock(const access::Account& account);

  // For units of others that change accounts: nobody else changes one while the turn is held. Afterwards
  // `moved`: the account of `from` is that of `to` now; it is gone where `to` is empty or had one.
  awaitable<Turns::Turn> turn() { return changing_.take(); }
  void moved(const std::string& from, const std::string& to);

  // An operator who can log in exists: until then a person at the machine makes the first one.
  bool ready() const;
  const std::string& code() const { return code_.code(); }

  std::vector<access::Account> accounts() const;  // by name
  const access::Account* account(std::string_view id) const;
  Result<access::Account> named(std::string_view name) const;  // refusals of access::named
  bool locked(const access::Account& account) const;

  std::vector<access::Login> logins() const { return logins_.all(clock_.now()); }
  // By its number as lists show it. Refusal access.login_unknown {login}, not_found.
  awaitable<Result<access::Login>> end(std::string no, std::string actor);

  // Called on the loop when log-ins have ended or may do less, with their digests.
  void on_end(std::function<void(const std::string& digest)> listener) { ended_ = std::move(listener); }

 private:
  Result<void> check_setup(const std::string& code, const std::string& name, const std::string& password,
                           const std::string& address);
  awaitable<Result<Entered>> enter(access::Account account, Request from);
  awaitable<void> end_all(std::vector<access::Login> logins, std::string why, std::string actor);
  void forget(const std::vector<access::Login>& logins);
  void tell(const std::vector<access::Login>& logins) const;
  void keep(access::Account account);
  bool is_last_operator(const access::Account& account) const;
  awaitable<bool> verify(std::string kept, std::string password);
  awaitable<std::string> hashed(std::string password);

  logs::Ledger& ledger_;
  Clock& clock_;
  Workers& workers_;
  Turns hashing_;                                                 // each takes access::kMemory
  Turns changing_;                                                // one change at a time
  std::map<std::string, access::Account, std::less<>> accounts_;  // by id
  std::map<std::string, std::string, std::less<>> ids_;           // by access::key_of their names
  access::Logins logins_;
  access::Attempts attempts_;
  access::SetupCode code_;
  std::function<void(const std::string&)> ended_ = [](const std::string&) {};
};

inline constexpr std::string_view kCookie = "__Host-edustation";

}  // namespace edu::web
