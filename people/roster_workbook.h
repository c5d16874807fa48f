// A roster that is a sheet of a workbook. Pure; any thread.
#pragma once

#include <variant>

#include "people/roster_reader.h"
#include "people/workbook/workbook.h"

namespace edu::people {

// Reads the first sheet that is not hidden and has headings, as read_roster does; the others are told. Errors
// name the rows of the sheet.
std::variant<RosterFile, LineErrors> parse_workbook(const workbook::Workbook& book);

}  // namespace edu::people
