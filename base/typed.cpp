#include "base/typed.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <optional>

#include <fmt/format.h>
#include <utf8proc.h>

#include "base/text.h"

namespace edu {
namespace {

constexpr std::array kDots{0x00B7, 0x2022, 0x2027, 0x2219, 0x22C5, 0x25CF, 0x2E31, 0x2E33, 0x30FB, 0x16EB};
constexpr std::array kDashes{0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE58};
constexpr int kDot = 0x00B7;

using Letters = std::vector<int>;

template <class List>
bool is_in(const List& list, int code) {
  return std::ranges::find(list, code) != std::ranges::end(list);
}

Letters letters_of(std::string_view text) {
  Letters letters;
  while (!text.empty()) {
    utf8proc_int32_t code = 0;
    const auto used = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &code);
    if (used <= 0) break;
    letters.push_back(code);
    text.remove_prefix(static_cast<std::size_t>(used));
  }
  return letters;
}

std::string text_of(const Letters& letters) {
  std::string out;
  for (const int code : letters) {
    std::array<utf8proc_uint8_t, 4> bytes{};
    const auto size = utf8proc_encode_char(code, bytes.data());
    out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size));
  }
  return out;
}

std::string nfkc(std::string_view text) {
  utf8proc_uint8_t* normal = nullptr;
  constexpr auto flags =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_IGNORE);
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &normal, flags);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(normal, &std::free);
  if (size < 0) return std::string(text);
  return std::string(reinterpret_cast<const char*>(normal), static_cast<std::size_t>(size));
}

bool is_blank(int code) {
  return code <= 0x20 || (code >= 0x7F && code <= 0xA0) || code == 0x2028 || code == 0x2029 ||
         code == 0x3000 || code == 0x1680 || (code >= 0x2000 && code <= 0x200B);
}

bool is_wide(int code) { return code >= 0x2E80 || code == kDot; }

// Nothing is another form of these: most texts hold no others, and normal forms are slow.
bool is_plain(int code) {
  return (code >= 0x20 && code < 0x7F) || (code >= 0x4E00 && code <= 0x9FFF) || code == kDot;
}

Letters once_folded(std::string_view text) {
  Letters out;
  bool blank = false;
  auto letters = letters_of(text);
  if (!std::ranges::all_of(letters, is_plain)) letters = letters_of(nfkc(text));
  for (const int code : letters) {
    if (is_blank(code)) {
      blank = !out.empty();
      continue;
    }
    if (blank) out.push_back(' ');
    blank = false;
    out.push_back(code);
  }
  return out;
}

// A dot of a name: one of the raised ones, or a full stop between two Chinese characters.
Letters with_one_dot(Letters letters) {
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const bool inside = i > 0 && i + 1 < letters.size();
    const bool stop = (letters[i] == '.' || letters[i] == 0x3002) && inside && letters[i - 1] >= 0x2E80 &&
                      letters[i + 1] >= 0x2E80;
    if (stop || is_in(kDots, letters[i])) letters[i] = kDot;
  }
  return letters;
}

Letters without_blanks_beside_wide(const Letters& letters) {
  Letters out;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const bool beside = letters[i] == ' ' && i > 0 && i + 1 < letters.size() && is_wide(letters[i - 1]) &&
                        is_wide(letters[i + 1]);
    if (!beside) out.push_back(letters[i]);
  }
  return out;
}

// Until nothing changes: without a blank two characters may compose.
template <class Step>
std::string settled(std::string_view text, Step step) {
  std::string out(text);
  for (int i = 0; i < 4; ++i) {
    auto next = step(out);
    if (next == out) break;
    out = std::move(next);
  }
  return out;
}

bool is_numeral(int code) {
  static const auto kNumerals = letters_of("0123456789零〇一二三四五六七八九十百千东西南北中上下前后新老");
  return is_in(kNumerals, code);
}

std::optional<int> minute_of(std::string_view text) {
  const auto colon = text.find(':');
  int hour = 0, minute = 0;
  const auto number = [](std::string_view digits, int& value) {
    const auto* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    return error == std::errc() && stop == end && digits.size() <= 2 && value >= 0;
  };
  if (!number(text.substr(0, colon), hour)) return std::nullopt;
  if (colon != text.npos && colon + 1 < text.size() && !number(text.substr(colon + 1), minute))
    return std::nullopt;
  if (minute > 59 || hour * 60 + minute > 24 * 60) return std::nullopt;
  return hour * 60 + minute;
}

}  // namespace

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

std::string folded(std::string_view text) {
  return settled(text, [](const std::string& t) { return text_of(once_folded(t)); });
}

std::string folded_name(std::string_view text) {
  return settled(text, [](const std::string& t) {
    return text_of(with_one_dot(without_blanks_beside_wide(with_one_dot(once_folded(t)))));
  });
}

std::string folded_number(std::string_view text) {
  return settled(text, [](const std::string& t) {
    auto letters = once_folded(t);
    std::erase(letters, ' ');
    for (int& code : letters)
      if (is_in(kDashes, code)) code = '-';
    return text_of(letters);
  });
}

std::string name_key(std::string_view text) {
  auto key = ascii_lower(folded_name(text));
  std::erase(key, ' ');
  return key;
}

std::string number_key(std::string_view text) {
  auto key = ascii_lower(folded_number(text));
  key.erase(0, std::min(key.find_first_not_of('0'), key.empty() ? 0 : key.size() - 1));
  return key;
}

std::vector<std::string> typed_list(std::string_view text) {
  std::string left(text);
  for (const std::string_view mark : {"、", "，", "；", ";", "｜", "|", "\n"}) replace_all(left, mark, ",");
  std::vector<std::string> items;
  while (!left.empty()) {
    const auto end = std::min(left.find(','), left.size());
    if (auto item = one_line(left.substr(0, end)); !item.empty()) items.push_back(std::move(item));
    left.erase(0, end + 1);
  }
  return items;
}

std::string typed_hours(std::string_view text) {
  auto form = folded_number(text);
  const auto whole = form;
  for (const std::string_view mark : {"至", "到", "~", "∼"}) replace_all(form, mark, "-");
  for (const std::string_view mark : {"点", "时"}) replace_all(form, mark, ":");
  replace_all(form, "分", "");
  const auto dash = form.find('-');
  if (dash == form.npos) return whole;
  const auto from = minute_of(std::string_view(form).substr(0, dash));
  const auto to = minute_of(std::string_view(form).substr(dash + 1));
  if (!from || !to) return whole;
  return fmt::format("{:02}:{:02}-{:02}:{:02}", *from / 60, *from % 60, *to / 60, *to % 60);
}

std::size_t typing_distance(std::string_view one, std::string_view other) {
  const auto a = letters_of(one), b = letters_of(other);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto corner = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool two_numerals = is_numeral(a[i - 1]) && is_numeral(b[j - 1]);
      const std::size_t price = a[i - 1] == b[j - 1] ? 0 : two_numerals ? 4 : 1;
      const auto best = std::min({row[j] + 1, row[j - 1] + 1, corner + price});
      corner = row[j];
      row[j] = best;
    }
  }
  return row.back();
}

std::string nearest(std::string_view typed, const std::vector<std::string>& known) {
  const auto form = name_key(typed);
  const auto length = letters_of(form).size();
  std::string best;
  auto least = std::string::npos;
  for (const auto& one : known) {
    const auto other = name_key(one);
    const auto bound = std::max<std::size_t>(1, std::max(length, letters_of(other).size()) / 3);
    const auto distance = typing_distance(form, other);
    if (distance <= bound && distance < least) best = one, least = distance;
  }
  return best;
}

}  // namespace edu
