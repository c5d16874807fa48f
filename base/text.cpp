#include "base/text.h"

#include <cstdlib>
#include <memory>

#include <utf8proc.h>

#include "base/encoding.h"

namespace edu {
namespace {

// Calls f(code point, its bytes) for each character; false at the first byte that is not UTF-8.
template <class F>
bool each_character(std::string_view text, F f) {
  while (!text.empty()) {
    utf8proc_int32_t code = 0;
    const auto used = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &code);
    if (used <= 0) return false;
    f(code, text.substr(0, static_cast<std::size_t>(used)));
    text.remove_prefix(static_cast<std::size_t>(used));
  }
  return true;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  return each_character(bytes, [](auto, auto) {});
}

std::optional<std::string> nfc(std::string_view text) {
  utf8proc_uint8_t* normal = nullptr;
  const auto flags = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &normal, flags);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(normal, &std::free);
  if (size < 0) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(normal), static_cast<std::size_t>(size));
}

std::optional<std::string> from_gb18030(std::string_view bytes) { return converted(bytes, "GB18030"); }

std::string to_utf8(std::string_view bytes) {
  if (is_utf8(bytes)) return std::string(bytes);
  if (auto converted = from_gb18030(bytes)) return *std::move(converted);
  std::string out;
  while (!bytes.empty()) {
    const bool whole = each_character(bytes, [&](auto, std::string_view character) {
      out += character;
      bytes.remove_prefix(character.size());
    });
    if (whole) break;
    out += "\xEF\xBF\xBD";
    bytes.remove_prefix(1);
  }
  return out;
}

std::string one_line(std::string_view text) {
  std::string out;
  bool blank = false;
  each_character(text, [&](utf8proc_int32_t code, std::string_view character) {
    if (code <= 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029) {
      blank = !out.empty();
      return;
    }
    if (blank) out += ' ';
    blank = false;
    out += character;
  });
  return out;
}

std::string one_line(std::string_view bytes, std::size_t most) {
  const auto line = one_line(to_utf8(bytes));
  return one_line(truncate_utf8(line, most));  // what is cut off may leave a blank at the end
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  each_character(text, [&](utf8proc_int32_t code, auto) {
    width += static_cast<std::size_t>(utf8proc_charwidth(code));
  });
  return width;
}

std::string_view truncate_utf8(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace edu
