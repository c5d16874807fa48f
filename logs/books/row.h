// A row of a book's table by the names of its columns, and the cells that the books have in common.
#pragma once

#include <cstdint>
#include <string>

#include "base/database.h"
#include "logs/books/cells.h"

namespace edu::logs {

inline std::string cell(Statement& row, const char* column) { return row.getColumn(column).getString(); }
inline std::int64_t whole(Statement& row, const char* column) { return row.getColumn(column).getInt64(); }

inline Count count_cell(Statement& row, const char* column) { return {whole(row, column)}; }

// Who did it: "auto" is the station itself.
inline Cell by_cell(const std::string& by, Language language) {
  return words_cell(by == "auto" ? text(language, "book.automatic") : by);
}

}  // namespace edu::logs
