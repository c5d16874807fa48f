#include "calendar/recurrence.h"

#include <functional>

#include "calendar/rule_iterator.h"

namespace edu::calendar {
namespace {

// A step of libical takes some microseconds. Only COUNT makes us walk from the start, so this is never
// reached by a rule that Rule::parse let through; it keeps a fault of the library from holding the loop.
constexpr int kMostSteps = 4 * kMostCount;

// Calls visit(start) for what the rule gives from `from` on, in order, until it answers false.
void walk(const Rule& rule, LocalTime first, LocalTime from, const std::function<bool(LocalTime)>& visit) {
  if (rule.until() && *rule.until() < from) return;
  RuleIterator iterator(rule.core(), first);
  if (rule.count() == 0 && from > first) iterator.skip_to(from);
  std::optional<LocalTime> last;
  int given = 0;
  for (int step = 0; step < kMostSteps; ++step) {
    const auto start = iterator.next();
    if (!start) return;
    if (*start < first || (last && *start <= *last)) continue;
    last = start;
    if ((rule.until() && *start > *rule.until()) || (rule.count() != 0 && ++given > rule.count())) return;
    if (*start >= from && !visit(*start)) return;
  }
}

// As walk, for the rule or the one start, and then, from the beginning again, for the extras.
void walk(const Recurrence& recurrence, LocalTime from, const std::function<bool(LocalTime)>& visit) {
  if (recurrence.rule)
    walk(*recurrence.rule, recurrence.first, from, visit);
  else if (recurrence.first >= from)
    visit(recurrence.first);
  for (auto extra = recurrence.extra.lower_bound(from); extra != recurrence.extra.end(); ++extra)
    if (!visit(*extra)) break;
}

bool is_leap(int year) { return std::chrono::year(year).is_leap(); }

unsigned january_first(int year) {
  return std::chrono::weekday(LocalDate(std::chrono::year(year) / std::chrono::January / 1)).c_encoding();
}

// The same day of a year with the same calendar (and the same year before it) that lies as near as can be to
// the end of libical's time: a rule that gives nothing is then searched for a few years, not for 550.
LocalTime late_twin(LocalTime local) {
  const auto day = std::chrono::floor<std::chrono::days>(local);
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

bool fits(const Rule& rule, LocalTime first) {
  if (rule.until() && *rule.until() < first) return false;
  const auto twin = late_twin(first);
  return RuleIterator(rule.core(), twin).next() == twin;
}

Expansion expand(const Recurrence& recurrence, LocalTime from, LocalTime to, std::size_t most) {
  std::set<LocalTime> found;
  auto take = [&](LocalTime start) {
    if (start >= to || found.size() > most) return false;
    if (!recurrence.except.contains(start)) found.insert(start);
    return true;
  };
  walk(recurrence, from, take);
  Expansion out{{found.begin(), found.end()}, found.size() > most};
  if (out.cut) out.starts.resize(most);
  return out;
}

// A rule that counts has to be walked from its start, so it is walked once for all of them. Of any other,
// each is looked for where it should be: they may lie centuries apart.
std::optional<LocalTime> never_given(const Recurrence& recurrence) {
  auto missing = recurrence.except;
  for (const auto extra : recurrence.extra) missing.erase(extra);
  if (!recurrence.rule) {
    missing.erase(recurrence.first);
  } else if (recurrence.rule->count() != 0 && !missing.empty()) {
    const auto last = *missing.rbegin();
    auto strike = [&](LocalTime start) {
      missing.erase(start);
      return start < last && !missing.empty();
    };
    walk(*recurrence.rule, recurrence.first, *missing.begin(), strike);
  } else {
    std::erase_if(missing, [&](LocalTime wanted) {
      bool given = false;
      auto look = [&](LocalTime start) {
        given = start == wanted;
        return false;
      };
      walk(*recurrence.rule, recurrence.first, wanted, look);
      return given;
    });
  }
  if (missing.empty()) return std::nullopt;
  return *missing.begin();
}

std::optional<LocalTime> next(const Recurrence& recurrence, LocalTime from) {
  std::optional<LocalTime> earliest;
  auto offer = [&](LocalTime start) {
    if (recurrence.except.contains(start)) return true;
    if (!earliest || start < *earliest) earliest = start;
    return false;
  };
  walk(recurrence, from, offer);
  return earliest;
}

}  // namespace edu::calendar
