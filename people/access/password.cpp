#include "people/access/password.h"

#include <algorithm>
#include <array>
#include <new>
#include <stdexcept>

#include <sodium.h>
#include <zxcvbn.h>

#include "base/text.h"

namespace edu::access {
namespace {

constexpr unsigned long long kPasses = 3;  // RFC 9106 section 4, second recommendation: 3 passes, less memory
constexpr double kGuessable = 20;     // bits: a million guesses, which zxcvbn's authors call very guessable
constexpr std::size_t kJudged = 100;  // bytes that are looked at for patterns: it takes quadratic time

void start_sodium() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool guessable(const std::string& password, std::string_view name) {
  const std::string own(name);
  // What everybody in such a station would try first, beside the library's list of common words.
  const std::array<const char*, 10> near{own.c_str(), "edustation", "yuancheng", "yuanjiao", "dangyuan",
                                         "woaini",    "5201314",    "1314520",   "zhongguo", nullptr};
  auto words = near;
  const auto bits = ZxcvbnMatch(password.substr(0, kJudged).c_str(), words.data(), nullptr);
  return bits < kGuessable;
}

// Of no account: compared with where there is none, so that the time tells nothing.
const std::string& nobodys() {
  static const std::string kept = hash("nobody has this password");
  return kept;
}

}  // namespace

Result<std::string> new_password(std::string_view typed, std::string_view name) {
  if (typed.size() > kLongest) return refuse("access.password_long", {{"most", std::to_string(kLongest)}});
  const auto password = nfc(typed);
  const bool control =
      std::ranges::any_of(typed, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (!password || control) return refuse("access.password_text");
  if (characters(*password) < kShortest)
    return refuse("access.password_short", {{"least", std::to_string(kShortest)}});
  if (guessable(*password, name)) return refuse("access.password_common");
  return *password;
}

std::string hash(const std::string& password) {
  start_sodium();
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), kPasses, kMemory,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::bad_alloc();
  return out.data();
}

bool matches(const std::string& kept, std::string_view typed) {
  start_sodium();
  const auto& with = kept.empty() ? nobodys() : kept;
  const auto password = nfc(typed.substr(0, kLongest)).value_or(std::string());
  const bool same = crypto_pwhash_str_verify(with.c_str(), password.data(), password.size()) == 0;
  return same && !kept.empty();
}

}  // namespace edu::access
