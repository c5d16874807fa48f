// Names of files out of Content-Locations. The library names files by digest; this name is shown to people
// and stands in the inbox and on shared folders, so it is made harmless for any of their systems. Nothing is
// passed over because of its name.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "flute/fdt.h"

namespace edu::flute {
namespace {

constexpr std::size_t kMostName = 255;  // bytes; of a file name, on every file system that we know
constexpr std::size_t kMostEnding = 16;

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

// The path of a URI reference (RFC 3986 3): without scheme, authority, query and fragment. Many senders write
// a bare name or path instead, so that a colon or a '#' need not be what RFC 3986 says.
std::string_view path_of(std::string_view location) {
  constexpr std::string_view kSchemes[] = {"http", "https", "ftp", "file", "urn", "cid", "mid", "flute"};
  const auto colon = location.find(':');
  const auto scheme = ascii_lower(location.substr(0, colon));
  const bool authority = colon != location.npos && location.substr(colon).starts_with("://");
  const bool known = colon != location.npos && std::ranges::find(kSchemes, scheme) != std::end(kSchemes);
  if (known || authority) location.remove_prefix(colon + 1);
  if (authority) {
    location.remove_prefix(2);
    location.remove_prefix(std::min(location.find_first_of("/?#"), location.size()));
  }
  const auto head = location.substr(0, location.find_first_of("?#"));
  const auto last = head.substr(head.find_last_of("/\\") + 1);
  // "lesson#1.mp4": the ending stands behind it.
  const bool bare =
      !authority && last.find('.') == last.npos && location.substr(head.size()).find('.') != location.npos;
  return bare ? location : head;
}

// The last segment with anything in it, decoded.
std::string last_segment(std::string_view path) {
  const auto text = to_utf8(percent_decoded(path));
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto slash = rest.find_last_of("/\\");
    const auto segment = slash == rest.npos ? rest : rest.substr(slash + 1);
    if (!segment.empty() && segment != "." && segment != "..") return std::string(segment);
    if (segment == ".." || slash == rest.npos) return {};
    rest = rest.substr(0, slash);
  }
  return {};
}

// What has no place in a name, as sequences of UTF-8: C0 and C1 controls, line separators, what is invisible
// or turns the direction of writing around.
std::string without_traps(std::string_view name) {
  constexpr std::string_view kTraps[] = {"\u200b", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202b",
                                         "\u202c", "\u202d", "\u202e", "\u2060", "\u2066", "\u2067", "\u2068",
                                         "\u2069", "\u061c", "\ufeff", "\ufffe", "\uffff"};
  std::string out;
  for (std::size_t i = 0; i < name.size();) {
    const auto rest = name.substr(i);
    const auto byte = static_cast<unsigned char>(name[i]);
    const bool c1 = byte == 0xc2 && rest.size() > 1 && static_cast<unsigned char>(rest[1]) < 0xa0;
    const auto* trap = std::ranges::find_if(kTraps, [&](auto one) { return rest.starts_with(one); });
    if (trap != std::end(kTraps) || c1) {
      i += c1 ? 2 : trap->size();
      continue;
    }
    if (byte >= 0x20 && byte != 0x7f) out += byte == ':' ? '_' : name[i];
    ++i;
  }
  return out;
}

bool is_device(std::string_view name) {
  const auto stem = ascii_lower(name.substr(0, name.find('.')));
  constexpr std::string_view kDevices[] = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"};
  if (std::ranges::find(kDevices, stem) != std::end(kDevices)) return true;
  return stem.size() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")) && is_digit(stem[3]);
}

// At most kMostName bytes, with the ending that says what it is.
std::string shortened(const std::string& name) {
  if (name.size() <= kMostName) return name;
  const auto dot = name.rfind('.');
  const auto ending = dot == name.npos || name.size() - dot > kMostEnding ? std::string() : name.substr(dot);
  return std::string(truncate_utf8(name, kMostName - ending.size())) + ending;
}

}  // namespace

std::optional<std::string> safe_name(std::string_view content_location) {
  const auto segment = last_segment(path_of(content_location));
  auto name = without_traps(nfc(segment).value_or(segment));
  const auto first = name.find_first_not_of(' ');
  name.erase(0, std::min(first, name.size()));
  // Windows drops a dot or a blank at the end, so that "CON " or ".. " would be something else there.
  name.erase(name.find_last_not_of(". ") + 1);
  if (name.empty()) return std::nullopt;
  if (is_device(name)) name.insert(0, 1, '_');
  name = shortened(name);
  name.erase(name.find_last_not_of(". ") + 1);
  return name;
}

std::string shown_location(std::string_view content_location) {
  constexpr std::size_t kMostShown = 300;  // bytes
  return one_line(percent_decoded(content_location), kMostShown);
}

}  // namespace edu::flute
