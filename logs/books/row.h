// A row of a book's table by the names of its columns, and the cells that the books have in common.
#pragma once

#include <cstdint>
#include <string>

#include "base/database.h"
#include "logs/books/cells.h"

namespace edu::logs {

inline std::string cell(Statement& row, const char* column) { return row.getColumn(column).getString(); }
inline std::int64_t whole(Statement& row, const char* column) { return row.getColumn(column).getInt64(); }

inline std::string or_none(std::string value) { return value.empty() ? std::string(kNone) : value; }

// Who did it: "auto" is the station itself.
inline std::string by_cell(const std::string& by, Language language) {
  return by == "auto" ? text(language, "book.automatic") : or_none(by);
}

}  // namespace edu::logs
