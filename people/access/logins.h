// Who is logged in. A browser holds a token of 256 random bits; here its SHA-256 stands, in memory and in a
// table, so that neither a copy of the database nor a backup lets anybody in, and a restart logs nobody out.
//
// Loop thread, but for the functions that take a Database.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/database.h"
#include "base/time.h"

namespace edu::access {

struct Login {
  std::string digest;                                     // of the token, hexadecimal
  std::string account;                                    // its id
  WallTime since{}, used{};                               // when it began, and was last seen
  std::string address, agent;                             // of the browser, one line each
  std::string no() const { return digest.substr(0, 8); }  // as lists show it
  bool operator==(const Login&) const = default;
};

std::vector<Login> stored_logins(Database& database);
void keep(Database& database, const Login& login);
void see(Database& database, const Login& login);  // that is there still: its `used`
void drop(Database& database, const std::string& digest);

class Logins {
 public:
  static constexpr milliseconds kIdle = std::chrono::hours(12);    // then it ends by itself
  static constexpr milliseconds kSeen = std::chrono::minutes(10);  // how exactly the table knows `used`
  static constexpr std::size_t kOfOne = 20, kOfAll = 500;          // then the one unused longest ends

  void load(std::vector<Login> stored);
  // One that is to be, under a fresh token; nothing is changed yet. `ended`: those that give way to it.
  struct Opening {
    std::string token;
    Login login;
    std::vector<Login> ended;
  };
  Opening opening(std::string account, std::string address, std::string agent, WallTime now) const;
  void add(Login login);  // that the table has
  // The login of a token; null: none, or idle for too long. `use`: it is seen by this.
  const Login* find(std::string_view token, WallTime now, bool use = true);
  // That login, where the table should hear that it was seen again; `told` once it has.
  std::optional<Login> due(const std::string& digest) const;
  void told(const std::string& digest, WallTime used) { told_[digest] = used; }
  std::vector<Login> of(const std::string& account) const;
  std::vector<Login> all(WallTime now) const;  // that are not idle for too long, the newest first
  void end(const std::string& digest);

 private:
  std::map<std::string, Login, std::less<>> by_digest_;
  std::map<std::string, WallTime, std::less<>> told_;  // what the table knows of `used`
};

std::string digest_of_token(std::string_view token);

}  // namespace edu::access
