// A rule's text is taken apart, each part checked by itself, then the parts together, and put in the form
// that the iterator takes.
#include "calendar/rule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "base/typed.h"
#include "calendar/rule_iterator.h"

namespace edu::calendar {
namespace {

constexpr int kLargestInterval = 1000;  // libical keeps it in 16 bits and wraps without a word
constexpr int kLargestNumber = 1'000'000;
constexpr std::size_t kLongestList = 100;

using Parts = std::map<std::string, std::string, std::less<>>;

// A part whose value is a list of numbers.
struct Numbers {
  const char* name;
  int low, high;
  bool negative;  // -high … -low count from the end
};
constexpr std::array<Numbers, 7> kNumbers{{{"BYSECOND", 0, 59, false},
                                           {"BYMINUTE", 0, 59, false},
                                           {"BYHOUR", 0, 23, false},
                                           {"BYMONTHDAY", 1, 31, true},
                                           {"BYYEARDAY", 1, 366, true},
                                           {"BYMONTH", 1, 12, false},
                                           {"BYSETPOS", 1, 366, true}}};
constexpr std::array<std::string_view, 7> kDays{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

bool is_day(std::string_view text) { return std::find(kDays.begin(), kDays.end(), text) != kDays.end(); }

std::optional<int> integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int value = 0;
  const auto end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  const bool large = value > kLargestNumber || value < -kLargestNumber;
  if (error != std::errc() || at != end || large) return std::nullopt;
  return value;
}

Unexpected bad_value(std::string_view part, std::string_view value, std::string allowed) {
  return refuse("calendar.rrule_value", {{"part", std::string(part)},
                                         {"value", std::string(truncate_utf8(value, 60))},
                                         {"allowed", std::move(allowed)}});
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const auto at = text.find(separator);
    pieces.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return pieces;
    text.remove_prefix(at + 1);
  }
}

Result<void> check_numbers(const Numbers& part, std::string_view value) {
  const auto list = split(value, ',');
  auto fits_range = [&](std::string_view item) {
    const auto number = integer(item);
    if (!number) return false;
    const int size = part.negative ? std::abs(*number) : *number;
    return size >= part.low && size <= part.high;
  };
  if (list.size() <= kLongestList && std::all_of(list.begin(), list.end(), fits_range)) return {};
  auto allowed = fmt::format("{}…{}", part.low, part.high);
  if (part.negative) allowed += fmt::format(", -{}…-{}", part.high, part.low);
  return bad_value(part.name, value, allowed);
}

// "MO,WE"; "2TU,-1FR" where `ordinals` are allowed.
Result<void> check_weekdays(std::string_view value, bool ordinals) {
  const auto list = split(value, ',');
  auto good = [&](std::string_view item) {
    if (item.size() < 2 || !is_day(item.substr(item.size() - 2))) return false;
    const auto ordinal = item.substr(0, item.size() - 2);
    if (ordinal.empty()) return true;
    const auto number = integer(ordinal);
    return ordinals && number && std::abs(*number) >= 1 && std::abs(*number) <= 53;
  };
  if (list.size() <= kLongestList && std::all_of(list.begin(), list.end(), good)) return {};
  return bad_value("BYDAY", value, ordinals ? "MO…SU, 1MO, -1FR" : "MO, TU, WE, TH, FR, SA, SU");
}

Result<Parts> take_apart(std::string_view text) {
  if (text.empty() || text.size() > kLongestRule)
    return refuse("calendar.rrule_length", {{"most", std::to_string(kLongestRule)}});
  auto upper = folded_number(text);  // also FREQ＝WEEKLY；COUNT＝2
  for (auto& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  Parts parts;
  for (const auto piece : split(upper, ';')) {
    const auto equals = piece.find('=');
    const std::string name(piece.substr(0, equals));
    if (equals == std::string_view::npos || equals + 1 == piece.size())
      return refuse("calendar.rrule_part", {{"part", std::string(truncate_utf8(piece, 60))}});
    if (!parts.emplace(name, piece.substr(equals + 1)).second)
      return refuse("calendar.rrule_twice", {{"part", name}});
  }
  return parts;
}

Result<std::string> frequency(const Parts& parts) {
  const auto found = parts.find("FREQ");
  const std::string value = found == parts.end() ? "" : found->second;
  for (const auto* allowed : {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
    if (value == allowed) return value;
  return refuse("calendar.rrule_freq", {{"value", std::string(truncate_utf8(value, 60))}});
}

Result<void> check_value(const std::string& name, const std::string& value, const std::string& freq) {
  if (name == "FREQ" || name == "COUNT" || name == "UNTIL") return {};  // read elsewhere
  if (name == "INTERVAL") {
    const auto number = integer(value);
    if (number && *number >= 1 && *number <= kLargestInterval) return {};
    return bad_value(name, value, fmt::format("1…{}", kLargestInterval));
  }
  if (name == "WKST") {
    if (value == "MO" || value == "SU") return {};
    return bad_value(name, value, "MO, SU");
  }
  if (name == "BYDAY") return check_weekdays(value, freq == "MONTHLY" || freq == "YEARLY");
  for (const auto& part : kNumbers)
    if (name == part.name) return check_numbers(part, value);
  return refuse("calendar.rrule_part", {{"part", std::string(truncate_utf8(name, 60))}});
}

// Parts that RFC 5545 forbids with one another, and those that libical 3.0.16 gets wrong together (found by
// comparing it with python-dateutil on 20,000 random rules; BYWEEKNO, which crashes it, is no known part at
// all).
Result<void> check_together(const Parts& parts, const std::string& freq) {
  auto has = [&](const char* name) { return parts.contains(name); };
  auto clash = [&](const std::string& a, const std::string& b) {
    return refuse("calendar.rrule_together", {{"first", a}, {"second", b}});
  };
  const auto by_freq = "FREQ=" + freq;
  if (has("COUNT") && has("UNTIL")) return clash("COUNT", "UNTIL");
  if (has("BYYEARDAY") && freq != "YEARLY") return clash("BYYEARDAY", by_freq);
  if (has("BYMONTHDAY") && freq == "WEEKLY") return clash("BYMONTHDAY", by_freq);
  if (has("BYSETPOS") && freq != "MONTHLY" && freq != "YEARLY") return clash("BYSETPOS", by_freq);
  for (const auto* other : {"BYMONTH", "BYMONTHDAY"})
    if (has("BYYEARDAY") && has(other)) return clash("BYYEARDAY", other);
  for (const auto* other : {"BYMONTHDAY", "BYHOUR", "BYMINUTE", "BYSECOND"})
    if (has("BYSETPOS") && has(other)) return clash("BYSETPOS", other);
  if (freq == "DAILY" && has("BYMONTHDAY") && parts.at("BYMONTHDAY").find('-') != std::string::npos)
    return clash("BYMONTHDAY=" + parts.at("BYMONTHDAY"), by_freq);
  if (freq == "YEARLY" && has("BYMONTHDAY") && !has("BYMONTH"))
    return refuse("calendar.rrule_needs", {{"part", "BYMONTHDAY"}, {"other", "BYMONTH=1"}});
  const bool other_by = std::any_of(parts.begin(), parts.end(), [](const auto& part) {
    return part.first.starts_with("BY") && part.first != "BYSETPOS";
  });
  if (has("BYSETPOS") && !other_by)
    return refuse("calendar.rrule_needs", {{"part", "BYSETPOS"}, {"other", "BYDAY=MO,TU,WE,TH,FR"}});
  return {};
}

std::vector<int> numbers(const Parts& parts, std::string_view name) {
  std::vector<int> out;
  const auto found = parts.find(name);
  if (found == parts.end()) return out;
  for (const auto item : split(found->second, ',')) out.push_back(integer(item).value_or(0));
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

bool is_time(std::string_view name) { return name == "BYHOUR" || name == "BYMINUTE" || name == "BYSECOND"; }

std::string in_order(const std::string& name, const std::string& value) {
  if (!name.starts_with("BY")) return value;
  auto items = split(value, ',');
  auto rank = [&](std::string_view item) {
    if (name != "BYDAY") return integer(item).value_or(0);
    const auto day = std::find(kDays.begin(), kDays.end(), item.substr(item.size() - 2)) - kDays.begin();
    return integer(item.substr(0, item.size() - 2)).value_or(0) * 7 + static_cast<int>(day);
  };
  std::stable_sort(items.begin(), items.end(), [&](auto a, auto b) { return rank(a) < rank(b); });
  items.erase(std::unique(items.begin(), items.end(), [&](auto a, auto b) { return rank(a) == rank(b); }),
              items.end());
  return fmt::format("{}", fmt::join(items, ","));
}

// "20261231" (the whole day) or "20261231T235959", local. With a Z it would be UTC, which a floating rule has
// not.
std::optional<LocalTime> read_until(std::string_view value) {
  if (value.size() != 8 && (value.size() != 15 || value[8] != 'T')) return std::nullopt;
  auto text = fmt::format("{}-{}-{}", value.substr(0, 4), value.substr(4, 2), value.substr(6, 2));
  if (value.size() == 8) return parse_local_time(text + "T23:59:59");
  const auto time = value.substr(9);
  return parse_local_time(
      fmt::format("{}T{}:{}:{}", text, time.substr(0, 2), time.substr(2, 2), time.substr(4)));
}

}  // namespace

Result<Rule> Rule::parse(std::string_view text) {
  const auto parts = take_apart(text);
  if (!parts) return Unexpected(parts.error());
  const auto freq = frequency(*parts);
  if (!freq) return Unexpected(freq.error());
  Rule rule;
  rule.core_ = rule.days_ = "FREQ=" + *freq;
  for (const auto& [name, value] : *parts) {
    if (auto ok = check_value(name, value, *freq); !ok) return Unexpected(ok.error());
    if (name == "FREQ" || name == "COUNT" || name == "UNTIL") continue;
    const auto part = ";" + name + "=" + in_order(name, value);
    rule.core_ += part;
    if (!is_time(name)) rule.days_ += part;
  }
  rule.hours_ = numbers(*parts, "BYHOUR");
  rule.minutes_ = numbers(*parts, "BYMINUTE");
  rule.seconds_ = numbers(*parts, "BYSECOND");
  if (auto ok = check_together(*parts, *freq); !ok) return Unexpected(ok.error());
  if (const auto count = parts->find("COUNT"); count != parts->end()) {
    rule.count_ = integer(count->second).value_or(0);
    if (rule.count_ < 1 || rule.count_ > kMostCount)
      return bad_value("COUNT", count->second, fmt::format("1…{}", kMostCount));
  }
  if (const auto until = parts->find("UNTIL"); until != parts->end()) {
    rule.until_ = read_until(until->second);
    if (!rule.until_) return bad_value("UNTIL", until->second, "20261231, 20261231T235959");
  }
  if (!can_iterate(rule.days_)) return refuse("calendar.rrule_invalid", {{"rule", rule.core_}});
  return rule;
}

std::vector<seconds> Rule::times(LocalTime first) const {
  const std::chrono::hh_mm_ss time(first - std::chrono::floor<std::chrono::days>(first));
  const auto or_else = [](const std::vector<int>& list, std::int64_t of_first) {
    return list.empty() ? std::vector<int>{static_cast<int>(of_first)} : list;
  };
  std::vector<seconds> out;
  for (const int hour : or_else(hours_, time.hours().count()))
    for (const int minute : or_else(minutes_, time.minutes().count()))
      for (const int second : or_else(seconds_, time.seconds().count()))
        out.push_back(std::chrono::hours(hour) + std::chrono::minutes(minute) + seconds(second));
  return out;
}

std::string Rule::text() const {
  auto out = core_;
  if (count_ != 0) out += fmt::format(";COUNT={}", count_);
  if (until_) {
    auto time = to_string(*until_);
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    out += ";UNTIL=" + time;
  }
  return out;
}

}  // namespace edu::calendar
