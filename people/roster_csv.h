// The roster as a text file: what an operator types in a spreadsheet program comes in, the same goes out.
// docs/formats.md shows the columns. All functions are pure, may run on any thread and do no I/O.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/messages.h"
#include "people/cells.h"
#include "people/roster_reader.h"

namespace edu::people {

inline constexpr std::size_t kLargestRosterFile =
    8 << 20;  // bytes: twice a file of kMostRosterRows usual lines

// Bytes of a text file: UTF-8, UTF-16 or GB18030 (people/file_text.h), its cells divided by commas,
// semicolons or tabs, as a line "sep=;" before all others says or as its headings show. read_roster says the
// rest. Never throws on bad input.
std::variant<RosterFile, LineErrors> parse_roster(std::string_view bytes);

// What parse_roster reads back: roster_table as to_csv writes it.
std::string export_csv(const std::vector<Person>& people, Language language);

// A file to fill in: the headings, and one line that shows how.
std::string roster_template(Language language);

}  // namespace edu::people
