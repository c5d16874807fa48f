// Outcomes that are expected: a value, or a refusal that a person will read.
//
// A refusal is data, not text: a code that is a key of the text files (`refusal.<code>`) and the
// arguments of that text. It is written to the journal as it is and put into words, in the reader's language,
// only where it is shown. Failures of storage and of programming are exceptions instead.
#pragma once

#include <map>
#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace edu {

struct Refusal {
  // What kind of "no" it is; the HTTP status and the exit code follow from it.
  enum class Kind { invalid, not_found, conflict, no_space, unavailable };

  std::string code;                         // e.g. "truncated"; text: refusal.truncated
  std::map<std::string, std::string> args;  // e.g. {"declared", "00:45:00"}
  Kind kind = Kind::invalid;

  bool operator==(const Refusal&) const = default;
};

template <class T>
using Result = tl::expected<T, Refusal>;

using Unexpected = tl::unexpected<Refusal>;

inline Unexpected refuse(std::string code, std::map<std::string, std::string> args = {},
                         Refusal::Kind kind = Refusal::Kind::invalid) {
  return Unexpected(Refusal{std::move(code), std::move(args), kind});
}

}  // namespace edu
