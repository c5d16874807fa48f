// Names of files out of Content-Locations. The library names files by digest; this name is shown to people
// and stands in the inbox and on shared folders, so it must be harmless on any of their systems.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "flute/fdt.h"

namespace edu::flute {
namespace {

constexpr std::size_t kMostName = 255;  // bytes; of a file name, on every file system that we know

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// A percent sign without two digits behind it stands for itself: many senders write bare file names.
std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
    out += escape ? static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return out;
}

// The path of a URI reference (RFC 3986 3): without scheme, authority, query and fragment. None where it is
// no reference but a path of a file system that begins at its root.
std::optional<std::string_view> path_of(std::string_view location) {
  location = location.substr(0, location.find_first_of("?#"));
  const auto colon = std::find_if_not(location.begin(), location.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
  const auto scheme = static_cast<std::size_t>(colon - location.begin());
  const bool has_scheme = colon != location.end() && *colon == ':' && scheme > 0 && is_letter(location[0]);
  if (!has_scheme) return location.starts_with('/') ? std::nullopt : std::optional(location);
  if (scheme == 1) return std::nullopt;  // C:
  location.remove_prefix(scheme + 1);
  if (!location.starts_with("//")) return location;
  location.remove_prefix(2);
  const auto path = location.find('/');
  return path == location.npos ? std::string_view() : location.substr(path);
}

// Sequences of UTF-8 that have no place in a name: C1 controls, line separators, what is invisible or turns
// the direction of writing around.
bool has_trap(std::string_view name) {
  constexpr std::string_view kTraps[] = {"\u200b", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202b",
                                         "\u202c", "\u202d", "\u202e", "\u2060", "\u2066", "\u2067", "\u2068",
                                         "\u2069", "\u061c", "\ufeff", "\ufffe", "\uffff"};
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    if (byte < 0x20 || byte == 0x7f || byte == '/' || byte == '\\') return true;
    if (byte == 0xc2 && i + 1 < name.size() && static_cast<unsigned char>(name[i + 1]) < 0xa0) return true;
  }
  return std::any_of(std::begin(kTraps), std::end(kTraps),
                     [&](auto trap) { return name.find(trap) != name.npos; });
}

bool is_device(std::string_view name) {
  const auto stem = ascii_lower(name.substr(0, name.find_first_of(".:")));
  constexpr std::string_view kNames[] = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"};
  if (std::find(std::begin(kNames), std::end(kNames), stem) != std::end(kNames)) return true;
  return stem.size() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")) && is_digit(stem[3]);
}

}  // namespace

std::optional<std::string> safe_name(std::string_view content_location) {
  auto path = path_of(content_location);
  if (!path) return std::nullopt;
  std::string last;
  while (true) {
    const auto slash = path->find('/');
    last = percent_decoded(path->substr(0, slash));
    if (last == "..") return std::nullopt;
    if (slash == path->npos) break;
    path->remove_prefix(slash + 1);
  }
  auto name = nfc(last);
  if (!name || name->empty() || name->size() > kMostName || has_trap(*name) || is_device(*name))
    return std::nullopt;
  // Windows drops a dot or a blank at the end, so that "CON " or ".. " would be something else there.
  if (name->back() == '.' || name->back() == ' ') return std::nullopt;
  return name;
}

}  // namespace edu::flute
