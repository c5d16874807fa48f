// The roster as a CSV file: what an operator types in a spreadsheet program comes in, the same goes out.
// docs/formats.md shows the columns. Both functions are pure, may run on any thread and do no I/O.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/messages.h"
#include "base/result.h"
#include "people/cells.h"
#include "people/roster.h"

namespace edu::people {

inline constexpr std::size_t kLargestRosterFile =
    8 << 20;                                            // bytes: twice a file of kMostRosterRows usual lines
inline constexpr std::size_t kMostRosterRows = 50'000;  // people: ten times a large township
inline constexpr std::size_t kMostErrors = 100;         // that are listed: more nobody mends in one go

struct LineError {
  std::size_t line = 0;  // of the file, from 1: where the row begins; 0: the file as a whole
  Refusal refusal;

  bool operator==(const LineError&) const = default;
};

// Bytes of a CSV file, UTF-8 (with or without byte order mark) or GB18030, with headings in Chinese or
// English in any order in its first row. Everything that is wrong is reported in the order of the lines, up
// to kMostErrors and then a count ("people.more_errors"); a file with an error gives no entries. Never throws
// on bad input.
std::variant<RosterFile, std::vector<LineError>> parse_roster(std::string_view bytes);

// "第 3 行：……", "Line 3: …"; what is about the whole file has no line before it.
std::string line_text(Language language, const LineError& error);

// What parse_roster reads back: roster_table as to_csv writes it.
std::string export_csv(const std::vector<Person>& people, Language language);

}  // namespace edu::people
