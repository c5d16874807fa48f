#include "web/http/target.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace edu::web {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decode(std::string_view raw, bool plus_is_blank) {
  std::string blanks(raw);
  if (plus_is_blank) std::ranges::replace(blanks, '+', ' ');
  auto out = percent_decode(blanks);
  if (!out) return std::nullopt;
  const bool control =
      std::ranges::any_of(*out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (control || !is_utf8(*out)) return std::nullopt;
  return out;
}

bool decode_query(std::string_view raw, Target& target) {
  while (!raw.empty()) {
    const auto pair = raw.substr(0, raw.find('&'));
    raw.remove_prefix(std::min(pair.size() + 1, raw.size()));
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = decode(pair.substr(0, equals), true);
    auto value =
        decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
    if (!name || !value) return false;
    target.query.insert_or_assign(std::move(*name), std::move(*value));
  }
  return true;
}

bool unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (text.size() - i < 3 || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0) return std::nullopt;
    out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
    i += 2;
  }
  return out;
}

Result<Target> parse_target(std::string_view raw) {
  const auto question = raw.find('?');
  Target target;
  auto path = decode(raw.substr(0, question), false);
  if (!path || !path->starts_with('/')) return refuse("web.target");
  target.path = std::move(*path);
  if (question != std::string_view::npos && !decode_query(raw.substr(question + 1), target))
    return refuse("web.target");
  return target;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

}  // namespace edu::web
