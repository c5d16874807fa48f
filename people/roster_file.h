// A roster file as it was read: the people in it, and how the station understood the rest.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/messages.h"
#include "people/roster.h"

namespace edu::people {

// What was taken for what, for the one who sent the file.
struct Understood {
  struct Skipped {
    std::size_t line;  // of the file, from 1
    std::string text;  // what stands there, shortened
  };
  std::string kind;      // "csv", "xlsx", "xls", "ods", "xml" or "html"
  std::string encoding;  // of a text file: "UTF-8", "UTF-16" or "GB18030"
  char separator = 0;    // of a text file: ',', ';' or a tab
  std::string sheet;     // of a workbook: its name
  std::vector<std::string> other_sheets;
  std::size_t heading_line = 0;
  std::vector<Skipped> skipped;                       // titles, repeated headings, totals and footers
  std::vector<std::string> columns, unknown_columns;  // headings, as they stand in the file
  bool number_is_line = false;                        // the column of numbers is 序号: there was no 编号
};

struct RosterFile {
  std::vector<RosterEntry> entries;
  std::vector<std::size_t> lines = {};  // of each entry
  Understood understood = {};
};

// One sentence after the other; one a line.
std::string understood_text(Language language, const Understood& understood);
json::object understood_json(const Understood& understood);

}  // namespace edu::people
