#include "people/cells.h"

#include <array>
#include <charconv>
#include <vector>

#include "base/text.h"

namespace edu::people {
namespace {

constexpr int kFirstYear = 1900, kLastYear = 2099;  // beyond them a year is a slip of the finger

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

// Without the apostrophe undone.
std::string plain(std::string_view text) {
  std::string out(text);
  for (const std::string_view blank : {"\u3000", "\u00A0"}) replace_all(out, blank, " ");
  for (const std::string_view invisible : {"\uFEFF", "\u200B"}) replace_all(out, invisible, "");
  return one_line(out);
}

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

std::string without_blanks_between_wide(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool between = i > 0 && i + 1 < name.size() && !is_ascii(name[i - 1]) && !is_ascii(name[i + 1]);
    if (name[i] != ' ' || !between) out += name[i];
  }
  return out;
}

// After NFC, so that what is written out again reads back the same.
std::string finished(std::string_view text) {
  auto normal = nfc(text).value_or(std::string(text));
  const bool guarded = normal.size() > 1 && normal[0] == '\'' &&
                       std::string_view("=+-@").find(normal[1]) != std::string_view::npos;
  if (guarded) normal.erase(0, 1);
  return normal;
}

std::optional<unsigned> number(std::string_view digits) {
  unsigned value = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

// Year, month and perhaps day as they stand; empty when the text is not made of them.
std::vector<std::string> date_parts(std::string_view text) {
  std::string form(text);
  for (const std::string_view last : {"月", "日"}) {
    if (!form.ends_with(last)) continue;
    form.erase(form.size() - last.size());
    break;
  }
  for (const std::string_view mark : {"年", "月", "/", "."}) replace_all(form, mark, "-");
  std::vector<std::string> parts(1);
  for (const char c : form) {
    if (c == '-')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

}  // namespace

std::string clean_cell(std::string_view text) { return finished(plain(text)); }

std::string clean_name(std::string_view text) { return finished(without_blanks_between_wide(plain(text))); }

std::optional<LooseDate> parse_loose_date(std::string_view text) {
  const auto parts = date_parts(text);
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  if (parts[0].size() != 4 || parts[1].size() > 2 || parts.back().size() > 2) return std::nullopt;
  const bool point = text.find('.') != std::string_view::npos;
  if (point && parts.size() == 2 && parts[1].size() != 2) return std::nullopt;
  const auto year = number(parts[0]), month = number(parts[1]), day = number(parts.back());
  if (!year || !month || !day || *year < kFirstYear || *year > kLastYear) return std::nullopt;
  LooseDate date{std::chrono::year(static_cast<int>(*year)) / std::chrono::month(*month), std::nullopt};
  if (parts.size() == 3) date.day = std::chrono::day(*day);
  if (!(date.month / date.day.value_or(std::chrono::day(1))).ok()) return std::nullopt;
  return date;
}

}  // namespace edu::people
