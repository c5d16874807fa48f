// One row of a roster file, whatever the file is.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace edu::people {

inline constexpr std::size_t kMostCells = 256;  // of a row that are kept; further ones are counted alone

struct FileRow {
  std::size_t line = 0;  // of the text, or row of the sheet, from 1: where the row begins
  std::vector<std::string> cells;
  std::size_t fields = 0;  // how many the row has; cells.size() is the smaller of that and kMostCells
  bool broken = false;     // its quotation marks are not in pairs: cells are of no use
};

}  // namespace edu::people
