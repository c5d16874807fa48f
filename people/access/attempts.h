// How often somebody may try a password: bounds by account, by address and for all together. Pure; times are
// Clock::mono, so that nobody's clock helps them.
//
// Ten wrong ones in a row lock an account for a quarter of an hour, for the network apart from the machine
// itself: a stranger who guesses never locks out the operator who sits before it.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"

namespace edu::access {

class Attempts {
 public:
  static constexpr int kInARow = 10;
  static constexpr milliseconds kLock = std::chrono::minutes(15);
  static constexpr int kOfAddress = 10, kOfAll = 60;  // wrong ones within kWindow
  static constexpr milliseconds kWindow = std::chrono::minutes(1);
  static constexpr std::size_t kMostKept = 1000;  // names, and addresses; the oldest go first, which all
                                                  // together may not make before a lock is over

  // How long until the next try is taken; zero: now. `account`: the form of its name, whether there is such
  // an account or not; empty: it is about none.
  milliseconds wait(const std::string& account, const std::string& address, milliseconds now) const;
  // A try counts as a wrong one until it is known to be right, so that many at once are not one.
  // Whether it locks the account.
  bool failed(const std::string& account, const std::string& address, milliseconds now);
  void succeeded(const std::string& account, const std::string& address);
  void lift(const std::string& account);                            // an operator's word
  bool locked(const std::string& account, milliseconds now) const;  // from the network or at the machine

 private:
  struct Row {
    int count = 0;
    milliseconds last{}, until{};
  };
  struct Window {
    int count = 0;
    milliseconds begun{};
  };
  static std::string place(const std::string& account, const std::string& address);
  static void count(Window& window, milliseconds now);
  static milliseconds left(const Window& window, int most, milliseconds now);

  std::map<std::string, Row> rows_;        // by account and place
  std::map<std::string, Window> address_;  // by address
  Window all_;
};

}  // namespace edu::access
