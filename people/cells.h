// Cells of a roster file in the one form that the roster keeps, so that what looks the same is the same.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace edu::people {

inline constexpr std::size_t kLongestCell =
    255;  // bytes of UTF-8: 85 Chinese characters, no name or phone is longer
// A cell before it is cleaned. Callers refuse longer ones first: normal forms take quadratic time on hostile
// text.
inline constexpr std::size_t kLongestRawCell = 4 * kLongestCell;

// One line, NFC, no blanks at the ends; wide blanks are blanks and invisible characters go. The apostrophe
// that keeps a spreadsheet from taking a cell for a formula (base/table.h, to_csv) goes too. `text` is UTF-8
// of at most kLongestRawCell bytes.
std::string clean_cell(std::string_view text);

// As clean_cell; and forms fill names of two characters up with blanks (王　强), which are no part of the
// name.
std::string clean_name(std::string_view text);

// 2026-11-22, 2026/11/22, 2026.11.22, 2026年11月22日; the day may be missing (2026-11, 2026年11月), months
// and days may have one digit. 1990.1 is refused: a spreadsheet makes it of 1990.10. Years 1900 to 2099.
struct LooseDate {
  std::chrono::year_month month;
  std::optional<std::chrono::day> day;

  LocalDate first_day() const { return LocalDate(month / day.value_or(std::chrono::day(1))); }
};
std::optional<LooseDate> parse_loose_date(std::string_view text);

}  // namespace edu::people
