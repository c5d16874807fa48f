// A sheet as it is being read: cells come in any order, rows of texts leave. For the readers of
// edustation-workbook.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "people/workbook/workbook.h"

namespace edu::workbook {

class Grid {
 public:
  // From 0. What lies beyond the bounds of workbook.h is left out.
  void put(std::size_t row, std::size_t column, std::string text);
  // A cell that was merged downwards stands in each of its rows.
  void fill_down(std::size_t row, std::size_t column, std::size_t last_row);
  std::vector<Row> rows() const;

 private:
  std::map<std::size_t, std::map<std::size_t, std::string>> cells_;
};

// A number as a roster has it: 13900001000, 1980.5; 001 where the format is a number of zeros; a number of
// more than 15 digits as 4.40981198001010E+17, because the rest of it is lost.
std::string number_text(double value, const std::string& format);
// A date of a spreadsheet, counted in days since 1899-12-30 (or 1904-01-01): 1980-05-12, with a time where it
// has one.
std::string date_text(double days, bool since_1904);
// Whether a number format shows a date: yyyy/m/d, yyyy"年"m"月", [$-804]…
bool is_date_format(const std::string& format);

}  // namespace edu::workbook
