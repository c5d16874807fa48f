// A table that a person or a program reads: headings and rows, given out in three shapes. Every list of the
// station (books, roster, timeline …) is one of these, so that all look alike.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace edu {

struct Column {
  std::string key;      // of the JSON member, e.g. "courseware_no"
  std::string heading;  // in the reader's language
};

struct Table {
  std::string title;
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as columns
};

// For a terminal: title, headings, aligned columns by display width, one line a row.
std::string to_terminal(const Table& table);

// RFC 4180 with a UTF-8 byte order mark and CRLF, as spreadsheet programs of a county office open it. A cell
// that a spreadsheet would take for a formula (it begins with = + - @ or a tab or CR) gets an apostrophe in
// front.
std::string to_csv(const Table& table);

// {"title":…, "columns":[{"key","heading"}], "rows":[{key: cell}]}
json::object to_json(const Table& table);

}  // namespace edu
