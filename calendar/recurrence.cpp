#include "calendar/recurrence.h"

#include <functional>

#include "calendar/rule_iterator.h"

namespace edu::calendar {
namespace {

LocalDate day_of(LocalTime time) { return LocalDate(std::chrono::floor<std::chrono::days>(time)); }

// Calls visit(start) for what the rule gives in [from, last], in order, until it answers false. The work is
// bounded by the days up to `last`, and by COUNT: only that makes us walk from the start.
void walk(const Rule& rule, LocalTime first, LocalTime from, LocalTime last,
          const std::function<bool(LocalTime)>& visit) {
  if (rule.until()) last = std::min(last, *rule.until());
  if (last < first || last < from) return;
  RuleIterator iterator(rule.days(), day_of(first), day_of(last));
  if (rule.count() == 0 && from > first) iterator.skip_to(std::max(day_of(first), day_of(from)));
  const auto times = rule.times(first);
  int given = 0;
  auto passed = day_of(first) - std::chrono::days(1);
  while (const auto day = iterator.next()) {
    if (*day <= passed) continue;
    passed = *day;
    for (const auto time : times) {
      const auto start = LocalTime(*day) + time;
      if (start < first) continue;
      if (start > last || (rule.count() != 0 && ++given > rule.count())) return;
      if (start >= from && !visit(start)) return;
    }
  }
}

// As walk, for the rule or the one start, and then, from the beginning again, for the extras.
void walk(const Recurrence& recurrence, LocalTime from, LocalTime last,
          const std::function<bool(LocalTime)>& visit) {
  if (recurrence.rule)
    walk(*recurrence.rule, recurrence.first, from, last, visit);
  else if (recurrence.first >= from)
    visit(recurrence.first);
  for (auto extra = recurrence.extra.lower_bound(from); extra != recurrence.extra.end(); ++extra)
    if (!visit(*extra)) break;
}

}  // namespace

bool fits(const Rule& rule, LocalTime first) {
  bool given = false;
  auto look = [&](LocalTime start) {
    given = start == first;
    return false;
  };
  walk(rule, first, first, first, look);
  return given;
}

Expansion expand(const Recurrence& recurrence, LocalTime from, LocalTime to, std::size_t most) {
  std::set<LocalTime> found;
  auto take = [&](LocalTime start) {
    if (start >= to || found.size() > most) return false;
    if (!recurrence.except.contains(start)) found.insert(start);
    return true;
  };
  walk(recurrence, from, to, take);
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
    walk(*recurrence.rule, recurrence.first, *missing.begin(), last, strike);
  } else {
    std::erase_if(missing, [&](LocalTime wanted) {
      bool given = false;
      auto look = [&](LocalTime start) {
        given = start == wanted;
        return false;
      };
      walk(*recurrence.rule, recurrence.first, wanted, wanted, look);
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
  walk(recurrence, from, from + kLongestGap, offer);
  return earliest;
}

}  // namespace edu::calendar
