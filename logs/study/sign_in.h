// The means by which people sign in: what the journal, the interface and the command line call them.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace edu::logs {

// The first is meant where none is given.
inline constexpr std::array<std::string_view, 6> kSignInMeans{"roll-call", "paper", "qr",
                                                              "kiosk",     "pin",   "card"};

constexpr bool is_sign_in_means(std::string_view name) {
  return std::ranges::find(kSignInMeans, name) != kSignInMeans.end();
}

}  // namespace edu::logs
