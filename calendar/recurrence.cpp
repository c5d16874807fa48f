// The one source that sees libical.
#include "calendar/recurrence.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <libical/ical.h>

#include "base/text.h"

namespace edu::calendar {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr int kMostCount =
    10'000;  // three a day for nine years; COUNT has to be counted from the start each time
constexpr int kLargestInterval = 1000;  // libical keeps it in 16 bits and wraps without a word
constexpr std::size_t kLongestList = 100;
// A step of libical takes some microseconds. Only COUNT makes us walk from the start, so this is never
// reached by a rule that parse() let through; it keeps a fault of the library from holding the loop.
constexpr int kMostSteps = 4 * kMostCount;

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
  if (error != std::errc() || at != end) return std::nullopt;
  return value;
}

Unexpected bad_value(std::string_view part, std::string_view value, std::string allowed) {
  return refuse("scheduler.rrule_value", {{"part", std::string(part)},
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

std::optional<Refusal> check_numbers(const Numbers& part, std::string_view value) {
  const auto list = split(value, ',');
  auto fits_range = [&](std::string_view item) {
    const auto number = integer(item);
    if (!number) return false;
    const int size = part.negative ? std::abs(*number) : *number;
    return size >= part.low && size <= part.high;
  };
  if (list.size() <= kLongestList && std::all_of(list.begin(), list.end(), fits_range)) return std::nullopt;
  auto allowed = fmt::format("{}…{}", part.low, part.high);
  if (part.negative) allowed += fmt::format(", -{}…-{}", part.high, part.low);
  return bad_value(part.name, value, allowed).value();
}

// "MO,WE"; "2TU,-1FR" where `ordinals` are allowed.
std::optional<Refusal> check_weekdays(std::string_view value, bool ordinals) {
  const auto list = split(value, ',');
  auto good = [&](std::string_view item) {
    if (item.size() < 2 || !is_day(item.substr(item.size() - 2))) return false;
    const auto ordinal = item.substr(0, item.size() - 2);
    if (ordinal.empty()) return true;
    const auto number = integer(ordinal);
    return ordinals && number && std::abs(*number) >= 1 && std::abs(*number) <= 53;
  };
  if (list.size() <= kLongestList && std::all_of(list.begin(), list.end(), good)) return std::nullopt;
  return bad_value("BYDAY", value, ordinals ? "MO…SU, 1MO, -1FR" : "MO, TU, WE, TH, FR, SA, SU").value();
}

Result<Parts> take_apart(std::string_view text) {
  if (text.empty() || text.size() > kLongestRule)
    return refuse("scheduler.rrule_length", {{"most", std::to_string(kLongestRule)}});
  std::string upper(text);
  for (auto& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  Parts parts;
  for (const auto piece : split(upper, ';')) {
    const auto equals = piece.find('=');
    const std::string name(piece.substr(0, equals));
    if (equals == std::string_view::npos || equals + 1 == piece.size())
      return refuse("scheduler.rrule_part", {{"part", std::string(truncate_utf8(piece, 60))}});
    if (!parts.emplace(name, piece.substr(equals + 1)).second)
      return refuse("scheduler.rrule_twice", {{"part", name}});
  }
  return parts;
}

Result<std::string> frequency(const Parts& parts) {
  const auto found = parts.find("FREQ");
  const std::string value = found == parts.end() ? "" : found->second;
  for (const auto* allowed : {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
    if (value == allowed) return value;
  return refuse("scheduler.rrule_freq", {{"value", std::string(truncate_utf8(value, 60))}});
}

std::optional<Refusal> check_value(const std::string& name, const std::string& value,
                                   const std::string& freq) {
  if (name == "FREQ" || name == "COUNT" || name == "UNTIL") return std::nullopt;  // read elsewhere
  if (name == "INTERVAL") {
    const auto number = integer(value);
    if (number && *number >= 1 && *number <= kLargestInterval) return std::nullopt;
    return bad_value(name, value, fmt::format("1…{}", kLargestInterval)).value();
  }
  if (name == "WKST") {
    if (value == "MO" || value == "SU") return std::nullopt;
    return bad_value(name, value, "MO, SU").value();
  }
  if (name == "BYDAY") return check_weekdays(value, freq == "MONTHLY" || freq == "YEARLY");
  for (const auto& part : kNumbers)
    if (name == part.name) return check_numbers(part, value);
  return Refusal{"scheduler.rrule_part", {{"part", std::string(truncate_utf8(name, 60))}}};
}

// Parts that RFC 5545 forbids with one another, and those that libical 3.0.16 gets wrong together (found by
// comparing it with python-dateutil on 20,000 random rules; BYWEEKNO, which crashes it, is no known part at
// all).
std::optional<Refusal> check_together(const Parts& parts, const std::string& freq) {
  auto has = [&](const char* name) { return parts.contains(name); };
  auto clash = [&](const std::string& a, const std::string& b) {
    return Refusal{"scheduler.rrule_together", {{"first", a}, {"second", b}}};
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
    return Refusal{"scheduler.rrule_needs", {{"part", "BYMONTHDAY"}, {"other", "BYMONTH=1"}}};
  const bool other_by = std::any_of(parts.begin(), parts.end(), [](const auto& part) {
    return part.first.starts_with("BY") && part.first != "BYSETPOS";
  });
  if (has("BYSETPOS") && !other_by)
    return Refusal{"scheduler.rrule_needs", {{"part", "BYSETPOS"}, {"other", "BYDAY=MO,TU,WE,TH,FR"}}};
  return std::nullopt;
}

// libical gives the times of one day in the order in which the lists name them: they are put in order here.
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

struct FreeIterator {
  void operator()(icalrecur_iterator* iterator) const noexcept { icalrecur_iterator_free(iterator); }
};
using Iterator = std::unique_ptr<icalrecur_iterator, FreeIterator>;

// Without this libical may abort() on bad input, depending on how it was built.
void keep_alive() {
  static const bool once = [] { return icalerror_set_errors_are_fatal(0), true; }();
  static_cast<void>(once);
}

icaltimetype to_ical(LocalTime local) {
  const auto day = std::chrono::floor<days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(local - day);
  auto out = icaltime_null_time();
  out.year = static_cast<int>(date.year());
  out.month = static_cast<int>(static_cast<unsigned>(date.month()));
  out.day = static_cast<int>(static_cast<unsigned>(date.day()));
  out.hour = static_cast<int>(time.hours().count());
  out.minute = static_cast<int>(time.minutes().count());
  out.second = static_cast<int>(time.seconds().count());
  return out;
}

LocalTime from_ical(const icaltimetype& time) {
  const std::chrono::year_month_day date(std::chrono::year(time.year),
                                         std::chrono::month(static_cast<unsigned>(time.month)),
                                         std::chrono::day(static_cast<unsigned>(time.day)));
  return LocalTime(LocalDate(date)) + hours(time.hour) + minutes(time.minute) + seconds(time.second);
}

bool accepted(const std::string& core) {
  keep_alive();
  icalerror_clear_errno();
  return icalrecurrencetype_from_string(core.c_str()).freq != ICAL_NO_RECURRENCE;
}

// An iterator over the rule without COUNT and UNTIL; null when nothing ever comes.
Iterator iterate(const std::string& core, LocalTime first) {
  keep_alive();
  return Iterator(icalrecur_iterator_new(icalrecurrencetype_from_string(core.c_str()), to_ical(first)));
}

// Calls visit(start) for what the rule gives from `from` on, in order, until it answers false.
void walk(const Rule& rule, LocalTime first, LocalTime from, const std::function<bool(LocalTime)>& visit) {
  if (rule.until() && *rule.until() < from) return;
  const auto iterator = iterate(rule.core(), first);
  if (!iterator) return;
  if (rule.count() == 0 && from > first) icalrecur_iterator_set_start(iterator.get(), to_ical(from));
  std::optional<LocalTime> last;
  int given = 0;
  for (int step = 0; step < kMostSteps; ++step) {
    const auto time = icalrecur_iterator_next(iterator.get());
    if (icaltime_is_null_time(time)) return;
    const auto start = from_ical(time);
    if (start < first || (last && start <= *last)) continue;
    last = start;
    if ((rule.until() && start > *rule.until()) || (rule.count() != 0 && ++given > rule.count())) return;
    if (start >= from && !visit(start)) return;
  }
}

bool is_leap(int year) { return std::chrono::year(year).is_leap(); }

int january_first(int year) {
  return static_cast<int>(
      std::chrono::weekday(LocalDate(std::chrono::year(year) / std::chrono::January / 1)).c_encoding());
}

// The same day of a year with the same calendar (and the same year before it) that lies as near as can be to
// the end of libical's time, the year 2582: a rule that gives nothing is then searched for a few years, not
// for 550.
LocalTime late_twin(LocalTime local) {
  const auto day = std::chrono::floor<days>(local);
  const std::chrono::year_month_day date(day);
  const int year = static_cast<int>(date.year());
  for (int twin = 2581; twin > year; --twin) {
    if (january_first(twin) != january_first(year) || is_leap(twin) != is_leap(year) ||
        is_leap(twin - 1) != is_leap(year - 1))
      continue;
    return LocalTime(LocalDate(std::chrono::year(twin) / date.month() / date.day())) + (local - day);
  }
  return local;
}

}  // namespace

Result<Rule> Rule::parse(std::string_view text) {
  const auto parts = take_apart(text);
  if (!parts) return Unexpected(parts.error());
  const auto freq = frequency(*parts);
  if (!freq) return Unexpected(freq.error());
  Rule rule;
  rule.core_ = "FREQ=" + *freq;
  for (const auto& [name, value] : *parts) {
    if (auto no = check_value(name, value, *freq)) return Unexpected(*no);
    if (name != "FREQ" && name != "COUNT" && name != "UNTIL")
      rule.core_ += ";" + name + "=" + in_order(name, value);
  }
  if (auto no = check_together(*parts, *freq)) return Unexpected(*no);
  if (const auto count = parts->find("COUNT"); count != parts->end()) {
    rule.count_ = integer(count->second).value_or(0);
    if (rule.count_ < 1 || rule.count_ > kMostCount)
      return bad_value("COUNT", count->second, fmt::format("1…{}", kMostCount));
  }
  if (const auto until = parts->find("UNTIL"); until != parts->end()) {
    rule.until_ = read_until(until->second);
    if (!rule.until_) return bad_value("UNTIL", until->second, "20261231, 20261231T235959");
  }
  if (!accepted(rule.core_)) return refuse("scheduler.rrule_invalid", {{"rule", rule.core_}});
  return rule;
}

std::string Rule::text() const {
  auto out = core_;
  if (count_ != 0) out += fmt::format(";COUNT={}", count_);
  if (until_) {
    auto time = edu::to_string(*until_);
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    out += ";UNTIL=" + time;
  }
  return out;
}

bool fits(const Rule& rule, LocalTime first) {
  if (rule.until() && *rule.until() < first) return false;
  const auto twin = late_twin(first);
  const auto iterator = iterate(rule.core(), twin);
  if (!iterator) return false;
  const auto time = icalrecur_iterator_next(iterator.get());
  return !icaltime_is_null_time(time) && from_ical(time) == twin;
}

Expansion expand(const Recurrence& recurrence, LocalTime from, LocalTime to, std::size_t most) {
  std::set<LocalTime> found;
  auto take = [&](LocalTime start) {
    if (start >= to || found.size() > most) return false;
    if (!recurrence.except.contains(start)) found.insert(start);
    return true;
  };
  if (recurrence.rule)
    walk(*recurrence.rule, recurrence.first, from, take);
  else if (recurrence.first >= from)
    take(recurrence.first);
  for (auto extra = recurrence.extra.lower_bound(from); extra != recurrence.extra.end(); ++extra)
    take(*extra);
  Expansion out{{found.begin(), found.end()}, found.size() > most};
  if (out.cut) out.starts.resize(most);
  return out;
}

std::optional<LocalTime> next(const Recurrence& recurrence, LocalTime from) {
  std::optional<LocalTime> earliest;
  auto offer = [&](LocalTime start) {
    if (recurrence.except.contains(start)) return true;
    if (!earliest || start < *earliest) earliest = start;
    return false;
  };
  if (recurrence.rule)
    walk(*recurrence.rule, recurrence.first, from, offer);
  else if (recurrence.first >= from)
    offer(recurrence.first);
  for (auto extra = recurrence.extra.lower_bound(from); extra != recurrence.extra.end(); ++extra)
    if (!offer(*extra)) break;
  return earliest;
}

}  // namespace edu::calendar
