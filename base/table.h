// A table that a person or a program reads: headings and rows of values, given out in three shapes. Every
// list of the station (books, roster, timeline …) is one of these, so that all look alike.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cell.h"
#include "base/cell_text.h"
#include "base/json.h"
#include "base/messages.h"

namespace edu {

struct Column {
  std::string key;      // of the JSON member, e.g. "courseware_no"
  std::string heading;  // in the reader's language
};

using Row = std::vector<Cell>;

struct Table {
  std::string title;
  std::vector<Column> columns;
  std::vector<Row> rows;  // each as long as columns
  Language language = Language::zh;
  std::optional<Year> year;  // the title names it, so dates of it need not
};

// A table without rows. The heading of `key` is the text `<prefix>.<key>`, or where there is none that of the
// column of this name beside: for the prefix "book.storage", "book.column.<key>".
Table headed(Language language, std::string_view prefix, const std::vector<const char*>& keys);

// The year of every row's first date; none when they differ, or no row has a date.
std::optional<Year> common_year(const Table& table);
// Puts the common year, if there is one, into the title and leaves it out of the dates.
void name_year(Table& table);

// A cell as the table's reader sees it.
std::string shown(const Table& table, const Cell& cell);

// For a terminal: title, headings, aligned columns by display width, one line per row.
std::string to_terminal(const Table& table);

// RFC 4180 with a UTF-8 byte order mark and CRLF, as spreadsheet programs of a county office open it. Words
// that a spreadsheet would take for a formula (they begin with = + - @ or a tab or CR) get an apostrophe in
// front; values of our own ("+1 ms") do not.
std::string to_csv(const Table& table);

// {"title":…, "columns":[{"key","heading"}], "rows":[{key: text, …, "values":{key: value, …}}]}: each cell as
// people read it, and beside it the values of those that are more than words.
json::object to_json(const Table& table);

}  // namespace edu
