// Rows of a CSV text (RFC 4180, by libcsv) with the lines that they stand on. csv_rows.cpp alone includes
// <csv.h>.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace edu::people {

inline constexpr std::size_t kMostCells = 64;  // of a row that are kept; further ones are counted alone

struct CsvRow {
  std::size_t line = 0;  // of the text, from 1: where the row begins
  std::vector<std::string> cells;
  std::size_t fields = 0;  // how many the row has; cells.size() is the smaller of that and kMostCells
  bool broken = false;     // its quotation marks are not in pairs: cells are of no use
};

// Hands the rows over one by one until `take` says false. Empty lines are no rows. After a broken row it goes
// on with the line after the one where the fault showed. Throws only std::bad_alloc and what `take` throws.
void each_csv_row(std::string_view text, const std::function<bool(const CsvRow&)>& take);

}  // namespace edu::people
