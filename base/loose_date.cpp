#include "base/loose_date.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/text.h"
#include "base/typed.h"

namespace edu {
namespace {

constexpr int kFirstYear = 1900, kLastYear = 2099;             // beyond them a year is a slip of the finger
constexpr unsigned kFirstSerial = 10000, kLastSerial = 73050;  // 1927-05-18 … 2099-12-31
constexpr std::size_t kLongest = 120;                          // bytes: no date that people write is longer

using Parts = std::vector<std::string>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

std::optional<unsigned> number(std::string_view digits) {
  unsigned value = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

Parts split(std::string_view text, std::string_view marks) {
  Parts parts(1);
  for (const char c : text) {
    if (marks.find(c) != marks.npos)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

// 一九八〇 is 1980, 十二 is 12, 二十三 is 23.
std::string with_plain_numerals(const std::string& text) {
  static constexpr std::array<std::string_view, 11> kNumerals{"〇", "一", "二", "三", "四", "五",
                                                              "六", "七", "八", "九", "十"};
  std::string out;
  std::vector<unsigned> run;
  const auto end_run = [&] {
    const auto ten = std::ranges::find(run, 10u);
    if (ten == run.end()) {
      for (const auto digit : run) out += std::to_string(digit);
    } else {
      const unsigned tens = ten == run.begin() ? 1 : run.front();
      out += std::to_string(tens * 10 + (ten + 1 == run.end() ? 0 : run.back()));
    }
    run.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto* found = std::ranges::find_if(
        kNumerals, [&](std::string_view n) { return std::string_view(text).substr(at).starts_with(n); });
    if (found != kNumerals.end()) {
      run.push_back(static_cast<unsigned>(found - kNumerals.begin()));
      at += found->size();
    } else {
      end_run();
      out += text[at++];
    }
  }
  end_run();
  return out;
}

// Blanks beside what divides a date: "1980 年 5 月", "1980. 5".
std::string close_up(std::string text) {
  for (const std::string_view mark : {"年", "月", "日", "-", "/", ".", ":", "时", "点", "分"}) {
    replace_all(text, std::string(mark) + " ", mark);
    replace_all(text, " " + std::string(mark), mark);
  }
  return text;
}

// The year, month and day with '-' between them, then a blank and the time with ':'; in lower case.
std::string plain_form(std::string_view typed) {
  auto text = ascii_lower(folded(typed.substr(0, kLongest)));
  for (const std::string_view dash : {"\u2010", "\u2011", "\u2013", "\u2014", "\u2212"})
    replace_all(text, dash, "-");
  replace_all(text, "零", "〇");
  replace_all(text, "○", "〇");
  for (const std::string_view day : {"星期", "周"})
    for (const std::string_view name : {"一", "二", "三", "四", "五", "六", "日", "天"})
      replace_all(text, std::string(day) + std::string(name), " ");
  text = close_up(with_plain_numerals(one_line(text)));
  for (const std::string_view last : {"出生", "生"})
    if (text.ends_with(last)) text.erase(text.size() - last.size());
  replace_all(text, "点半", ":30");
  replace_all(text, "时半", ":30");
  for (const std::string_view mark : {"时", "点", "分"}) replace_all(text, mark, ":");
  replace_all(text, "秒", "");
  replace_all(text, "年", "-");
  replace_all(text, "日", " ");
  replace_all(text, "号", " ");
  constexpr std::string_view kMonth = "月";
  for (auto at = text.find(kMonth); at != text.npos; at = text.find(kMonth, at + 1)) {
    const auto after = at + kMonth.size();
    const bool last = after == text.size() || text[after] == ' ';
    const bool closes = at > 0 && is_digit(text[at - 1]);
    if (closes && last)
      text.erase(at, kMonth.size());
    else if (closes && is_digit(text[after]))
      text.replace(at, kMonth.size(), "-");
  }
  for (std::size_t i = 1; i + 1 < text.size(); ++i)
    if (text[i] == 't' && is_digit(text[i - 1]) && is_digit(text[i + 1])) text[i] = ' ';
  return one_line(text);
}

std::optional<LooseDate> checked(unsigned year, unsigned month, std::optional<unsigned> day) {
  if (year < kFirstYear || year > kLastYear) return std::nullopt;
  LooseDate date{std::chrono::year(static_cast<int>(year)) / std::chrono::month(month), std::nullopt};
  if (day) date.day = std::chrono::day(*day);
  if (!(date.month / date.day.value_or(std::chrono::day(1))).ok()) return std::nullopt;
  return date;
}

// As spreadsheet programs read two digits.
unsigned full_year(std::string_view digits, unsigned value) {
  if (digits.size() != 2) return value;
  return value < 30 ? 2000 + value : 1900 + value;
}

std::optional<LooseDate> of_digits(const std::string& text) {
  const auto value = number(text);
  if (!value) return std::nullopt;
  if (text.size() == 8) return checked(*value / 10000, *value / 100 % 100, *value % 100);
  if (text.size() == 6) return checked(*value / 100, *value % 100, std::nullopt);
  if (text.size() != 5 || *value < kFirstSerial || *value > kLastSerial) return std::nullopt;
  constexpr std::chrono::year_month_day kZero{std::chrono::year(1899), std::chrono::month(12),
                                              std::chrono::day(30)};
  const std::chrono::year_month_day day(LocalDate(kZero) + std::chrono::days(*value));
  return LooseDate{day.year() / day.month(), day.day()};
}

std::optional<unsigned> month_named(std::string_view word) {
  static constexpr std::array<std::string_view, 12> kNames{"january",   "february", "march",    "april",
                                                           "may",       "june",     "july",     "august",
                                                           "september", "october",  "november", "december"};
  if (word.size() < 3) return std::nullopt;
  for (unsigned i = 0; i < kNames.size(); ++i)
    if (kNames[i].starts_with(word)) return i + 1;
  return std::nullopt;
}

// May-80, 12-May-1980, May 12, 1980, 1980-May.
std::optional<LooseDate> of_month_name(std::string_view text) {
  std::optional<unsigned> month;
  Parts numbers;
  for (const auto& part : split(text, "-/., ")) {
    if (part.empty()) continue;
    if (all_digits(part)) {
      numbers.push_back(part);
      continue;
    }
    if (month || !(month = month_named(part))) return std::nullopt;
  }
  if (!month || numbers.empty() || numbers.size() > 2) return std::nullopt;
  if (numbers.size() == 2 && numbers.front().size() == 4) std::swap(numbers.front(), numbers.back());
  const auto year = number(numbers.back());
  if (!year || (numbers.back().size() != 2 && numbers.back().size() != 4)) return std::nullopt;
  const auto day = numbers.size() == 2 ? number(numbers.front()) : std::nullopt;
  return checked(full_year(numbers.back(), *year), *month, day);
}

// 5/13/1980 or 13/5/1980; with two readings it is none.
std::optional<LooseDate> year_last(unsigned first, unsigned second, unsigned year) {
  if (first > 12 && second <= 12) return checked(year, second, first);
  if (second > 12 || first == second) return checked(year, first, second);
  return std::nullopt;
}

std::optional<LooseDate> of_parts(std::string_view text) {
  const auto parts = split(text, "-/.");
  if (parts.size() < 2 || parts.size() > 3 || !std::ranges::all_of(parts, all_digits)) return std::nullopt;
  const auto a = number(parts[0]), b = number(parts[1]), last = number(parts.back());
  if (!a || !b || !last) return std::nullopt;
  if (parts.size() == 3 && parts[2].size() == 4 && parts[0].size() <= 2 && parts[1].size() <= 2)
    return year_last(*a, *b, *last);
  if (parts[0].size() != 4 || parts[1].size() > 2 || parts.back().size() > 2) return std::nullopt;
  const bool cut = parts.size() == 2 && text.find('.') != text.npos && parts[1] == "1";
  if (cut) return std::nullopt;
  return checked(*a, *b, parts.size() == 3 ? std::optional(*last) : std::nullopt);
}

std::optional<LooseDate> date_of(const std::string& text) {
  if (all_digits(text)) return of_digits(text);
  if (const auto point = text.find('.');
      point == 5 && all_digits(text.substr(0, point)) && all_digits(text.substr(point + 1)))
    return of_digits(text.substr(0, point));  // a count of days with a part of one
  if (std::ranges::any_of(text, [](char c) { return c >= 'a' && c <= 'z'; })) return of_month_name(text);
  return of_parts(text);
}

// A count of days: what a spreadsheet holds, and nobody types.
bool is_serial(const std::string& text) {
  const auto whole = text.substr(0, text.find('.'));
  return whole.size() == 5 && all_digits(whole);
}

struct Clock {
  int hour = 0, minute = 0, second = 0;
};

// "9:30", "19:30:00.000", "19:".
std::optional<Clock> clock_of(std::string_view text) {
  auto parts = split(text.substr(0, text.find('.')), ":");
  if (parts.size() > 1 && parts.back().empty()) parts.pop_back();
  if (parts.size() > 3 || text.find(':') == text.npos) return std::nullopt;
  std::array<unsigned, 3> values{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto value = parts[i].size() <= 2 ? number(parts[i]) : std::nullopt;
    if (!value) return std::nullopt;
    values[i] = *value;
  }
  if (values[0] > 23 || values[1] > 59 || values[2] > 59) return std::nullopt;
  return Clock{static_cast<int>(values[0]), static_cast<int>(values[1]), static_cast<int>(values[2])};
}

struct Typed {
  std::string date;
  std::optional<Clock> time;
  bool wrong = false;
};

enum class Half { unsaid, night, afternoon };

void put_into(Half half, Clock& clock) {
  if (half == Half::afternoon && clock.hour < 12) clock.hour += 12;
  if (half == Half::night && clock.hour == 12) clock.hour = 0;
}

// What follows the date: a time, perhaps with the half of the day before or after it.
void take_time(std::string word, Typed& typed, Half& half) {
  static constexpr std::array<std::string_view, 3> kMorning{"上午", "早上", "中午"};
  static constexpr std::array<std::string_view, 2> kNight{"凌晨", "am"};
  static constexpr std::array<std::string_view, 3> kAfternoon{"下午", "晚上", "pm"};
  const auto strip = [&](std::string_view name) {
    if (word.starts_with(name)) return word.erase(0, name.size()), true;
    if (word.ends_with(name)) return word.erase(word.size() - name.size()), true;
    return false;
  };
  for (const auto name : kMorning) strip(name);
  for (const auto name : kNight)
    if (strip(name)) half = Half::night;
  for (const auto name : kAfternoon)
    if (strip(name)) half = Half::afternoon;
  if (word.empty()) return;
  const auto clock = clock_of(word);
  if (!clock || typed.time) typed.wrong = true;
  typed.time = clock;
}

Typed read(std::string_view text) {
  Typed typed;
  auto half = Half::unsaid;
  const auto words = split(plain_form(text), " ");
  std::size_t at = 0;
  const auto is_part_of_date = [](const std::string& word) {
    const auto letters = split(word, ",-/.");
    return word.find(':') == word.npos &&
           (all_digits(letters.front()) || month_named(letters.front()).has_value());
  };
  for (; at < words.size() && (at == 0 || is_part_of_date(words[at])); ++at)
    typed.date += (at == 0 ? "" : " ") + words[at];
  for (; at < words.size(); ++at) take_time(words[at], typed, half);
  if (typed.time) put_into(half, *typed.time);
  return typed;
}

}  // namespace

std::optional<LooseDate> parse_loose_date(std::string_view text) {
  const auto typed = read(text);
  return typed.wrong ? std::nullopt : date_of(typed.date);
}

std::optional<LocalDate> typed_date(std::string_view text) {
  const auto typed = read(text);
  const auto date = typed.wrong || is_serial(typed.date) ? std::nullopt : date_of(typed.date);
  if (!date || !date->day) return std::nullopt;
  return date->first_day();
}

std::optional<std::string> typed_month(std::string_view text) {
  const auto date = parse_loose_date(text);
  if (!date || date->day) return std::nullopt;
  return to_string(date->first_day()).substr(0, 7);
}

std::optional<LocalTime> typed_local_time(std::string_view text) {
  if (const auto plain = parse_local_time(text)) return plain;
  const auto typed = read(text);
  if (typed.wrong || !typed.time || is_serial(typed.date)) return std::nullopt;
  const auto date = date_of(typed.date);
  if (!date || !date->day) return std::nullopt;
  return LocalTime(date->first_day().time_since_epoch()) + std::chrono::hours(typed.time->hour) +
         std::chrono::minutes(typed.time->minute) + seconds(typed.time->second);
}

}  // namespace edu
