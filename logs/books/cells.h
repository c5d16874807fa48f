// How the books write a time, a size, a number of a record.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "base/messages.h"
#include "base/table.h"
#include "base/time.h"
#include "calendar/zone.h"

namespace edu::logs {

inline constexpr std::string_view kNone = "—";

// Headings book.<book>.<key>, where a key has one of its own, or else book.column.<key>.
std::vector<Column> columns(Language language, std::string_view book,
                            std::initializer_list<const char*> keys);
std::vector<Column> columns(Language language, std::string_view book, std::span<const char* const> keys);

std::string date_cell(const Zone& zone, std::int64_t ms);  // "2026-11-22"
std::string interval_cell(const Zone& zone, std::int64_t from_ms,
                          std::int64_t to_ms);  // "19:30:00+08:00/20:15:00+08:00"
std::string duration_cell(std::int64_t ms);     // "00:45:00", to the nearest second; kNone for 0
std::string size_cell(std::int64_t bytes);      // "12.3 MB", kNone for 0
std::string events_cell(std::initializer_list<std::int64_t> seqs);  // "#12 #15"; zeros are left out
std::string courseware_cell(std::int64_t no);                       // "KJ000012"

}  // namespace edu::logs
