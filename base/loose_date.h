// Dates and times as people type them and as spreadsheet programs write them. Pure; takes UTF-8 of at most
// some kilobytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace edu {

// A month, perhaps with its day. Years 1900 to 2099.
struct LooseDate {
  std::chrono::year_month month;
  std::optional<std::chrono::day> day;

  LocalDate first_day() const { return LocalDate(month / day.value_or(std::chrono::day(1))); }
};

// 2026-11-22, 2026/11/2, 2026.11.22, 20261122, 2026年11月22日, 二〇二六年十一月; the day may be missing
// (2026-11, 1965.3, 202611, May-80); a time of day after it is read over (1980/5/12 0:00); a number of five
// digits is a spreadsheet's count of days (29353). Wide characters are taken.
// None: what is no date; 1990.1, because a spreadsheet makes it of 1990.10; 3/4/1980, which has two readings.
std::optional<LooseDate> parse_loose_date(std::string_view text);

// The same where a whole day is meant: none without a day.
std::optional<LocalDate> typed_date(std::string_view text);
// 2026-11, 2026年11月, 202611, as "2026-11"; none for a day.
std::optional<std::string> typed_month(std::string_view text);
// A day as above with a time: 2026-11-22 9:30, 2026年11月22日19：30, 2026/11/22 下午7点半.
std::optional<LocalTime> typed_local_time(std::string_view text);

}  // namespace edu
