// Any bytes as the text of a repeat rule: it is refused with a text, or it is a rule that its own text gives
// back and whose times are in order, in the window and the same however they are asked for.
#include <algorithm>
#include <cstdint>

#include "calendar/recurrence.h"
#include "refusal_check.h"

using namespace edu;

namespace {

constexpr std::size_t kMost = 400;
const LocalTime kFirst = parse_local_time("2026-11-24T01:00").value();

void check_times(const calendar::Rule& rule) {
  const bool fits = calendar::fits(rule, kFirst);
  if (!fits) return;  // refused by the edit: it is never expanded
  const calendar::Recurrence recurrence{kFirst, rule, {}, {}};
  const auto from = kFirst, to = kFirst + std::chrono::days(90);
  const auto found = calendar::expand(recurrence, from, to, kMost);
  check(!found.starts.empty() && found.starts.front() == kFirst && found.starts.size() <= kMost);
  check(std::ranges::is_sorted(found.starts, std::ranges::less_equal()) && found.starts.back() < to);
  check(calendar::next(recurrence, from) == kFirst);
  if (found.starts.size() < 2) return;
  check(calendar::next(recurrence, kFirst + seconds(1)) == found.starts[1]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto rule = calendar::Rule::parse({reinterpret_cast<const char*>(data), size});
  check_refusal(rule);
  if (!rule) return 0;
  const auto again = calendar::Rule::parse(rule->text());
  check(again && again->text() == rule->text());
  check_times(*rule);
  return 0;
}
