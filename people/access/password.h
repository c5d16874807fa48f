// Passwords: which are taken, and how they are kept (Argon2id, RFC 9106, by libsodium).
//
// hash and matches take some tenths of a second and kMemory each: on a worker, few at once. Everything else
// is pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace edu::access {

inline constexpr std::size_t kShortest = 10;       // characters; NIST SP 800-63B asks for eight at least
inline constexpr std::size_t kLongest = 256;       // bytes: what is hashed is bounded
inline constexpr std::size_t kMemory = 32u << 20;  // bytes of one hash: two at once fit an old office PC

// A new password as it is kept: NFC. No rules of digits and signs; but one that a list of common passwords or
// a pattern gives away within a million guesses is none (zxcvbn's estimate; `name` is the account's).
// Refusals access.password_short {least}, access.password_long {most}, access.password_common,
// access.password_text (not UTF-8, or control characters).
Result<std::string> new_password(std::string_view typed, std::string_view name);

// libsodium's text: algorithm, parameters, salt, hash. Throws std::bad_alloc without the memory.
std::string hash(const std::string& password);
// Whether `typed` is that password. An empty `kept` (no password, or no such account) takes as long, and is
// false.
bool matches(const std::string& kept, std::string_view typed);

}  // namespace edu::access
