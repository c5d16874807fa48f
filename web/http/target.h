// The target of a request ("/api/v1/library?text=%E6%9E%9C") and form parameters, decoded by Boost.URL. Bytes
// from outside: no I/O, never throws.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace edu::web {

struct Target {
  std::string path;
  std::map<std::string, std::string, std::less<>> query;
};

// Origin form only (RFC 9112 section 3.2.1); characters that should have been escaped are taken as they are.
// Refusal web.target for what does not begin with a slash, holds a
// broken escape, is not UTF-8 or holds a control character.
Result<Target> parse_target(std::string_view raw);

// Any bytes, by their escapes alone; nullopt for a broken one.
std::optional<std::string> percent_decode(std::string_view text);

// For a path segment or a query value: everything but RFC 3986's unreserved characters as %XX.
std::string percent_encode(std::string_view text);

}  // namespace edu::web
