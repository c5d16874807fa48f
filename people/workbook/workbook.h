// What a workbook of a spreadsheet program holds: its sheets as rows of texts. A value; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace edu::workbook {

inline constexpr std::size_t kMostSheets = 64;
inline constexpr std::size_t kMostRows = 50'100;       // of a sheet; further ones are left out
inline constexpr std::size_t kMostColumns = 256;       // further cells are left out
inline constexpr std::size_t kLongestCellText = 1100;  // bytes; the rest of a cell is left out

struct Row {
  std::size_t number = 0;          // from 1, as the spreadsheet program shows it
  std::vector<std::string> cells;  // UTF-8, to the last that holds something
};

struct Sheet {
  std::string name;
  bool hidden = false;
  std::vector<Row> rows;  // without empty ones, by number
};

struct Workbook {
  std::string kind;  // "xlsx", "xls", "ods", "xml" or "html"
  std::vector<Sheet> sheets;
};

// Which kind of workbook these bytes begin like: "xlsx" and "ods" are ZIP files, so "zip"; "xls"; "xml";
// "html", which programs also save as .xls. None: it is no workbook.
std::optional<std::string> kind_of(std::string_view bytes);

// The lines in which edustation-workbook answers (docs/formats.md), and back. A refusal is
// people.workbook_bad {what}, .workbook_locked, .workbook_kind, .workbook_html; what is no such answer is
// people.workbook_garbage.
std::string to_lines(const Result<Workbook>& workbook);
Result<Workbook> from_lines(std::string_view lines);

// The line that comes last.
inline constexpr std::string_view kLastLine = R"({"end":1})";

}  // namespace edu::workbook
