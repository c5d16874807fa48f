// Rows of a roster file to people, whatever the file is. Pure; any thread; never throws on bad input.
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "base/messages.h"
#include "base/result.h"
#include "people/file_row.h"
#include "people/roster_file.h"

namespace edu::people {

inline constexpr std::size_t kMostRosterRows = 50'000;  // people: ten times a large township
inline constexpr std::size_t kMostErrors = 100;         // that are listed: more nobody mends in one go
inline constexpr std::size_t kMostTitleRows = 30;       // above the headings

struct LineError {
  std::size_t line = 0;  // of the file, from 1: where the row begins; 0: the file as a whole
  Refusal refusal;

  bool operator==(const LineError&) const = default;
};
using LineErrors = std::vector<LineError>;

// Rows with headings in Chinese or English, in any order, in the first row that reads as headings; titles
// above it, headings that come again, totals and footers are passed over and told, as are columns that are
// not known. Everything that is wrong is reported in the order of the lines, up to kMostErrors and then a
// count ("people.more_errors"); a file with an error gives no entries. `understood` says what is known of the
// file already.
std::variant<RosterFile, LineErrors> read_roster(const std::vector<FileRow>& rows, Understood understood);

LineErrors one_error(std::size_t line, std::string code, Args args = {});

// "第 3 行：……", "Line 3: …"; what is about the whole file has no line before it.
std::string line_text(Language language, const LineError& error);

}  // namespace edu::people
