// How the cells of a table read: for people in their language, in a CSV file, for programs. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/cell.h"
#include "base/json.h"
#include "base/messages.h"

namespace edu {

using Year = std::chrono::year;

// For people: "12月5日 19:30–19:54", "5 Dec 19:30", "17/20 = 85.0 %", "12.3 MB", "—" for None. Dates name
// their year unless it is `year`, the one that stands in the head of what is read.
std::string shown(const Cell& cell, Language language, std::optional<Year> year = {});

// For a CSV file, which has no head: days and times as spreadsheets take them ("2026-12-05 19:30"), all else
// as people read it.
std::string csv_text(const Cell& cell);

// For programs; an object's members and the types are in docs/formats.md. Null for None and for Text, which
// is its own value.
json::value value_of(const Cell& cell);

// "2026-12-05T19:30:00+08:00"
std::string iso8601(const Instant& instant);
// Counts and sizes read the same in every language.
std::string shown(const Rate& rate);  // rounded down, so that no threshold is met by rounding
std::string shown(Bytes bytes);       // "999 B", "12.3 MB": powers of 1000
std::string shown(CoursewareNo no);   // "KJ000123"

std::string shown_month(std::chrono::year_month month, Language language);  // "2026年12月", "Dec 2026"

}  // namespace edu
