// How the books make cells of the numbers in their tables, where 0 means that there is nothing to say.
#pragma once

#include <initializer_list>
#include <string>

#include "base/table.h"
#include "calendar/zone.h"

namespace edu::logs {

Cell date_cell(const Zone& zone, std::int64_t ms);
// The times alone: the line says the day of the start beside them. `to_ms` 0: it is not over.
Cell interval_cell(const Zone& zone, std::int64_t from_ms, std::int64_t to_ms);
// With the day of its start.
Cell dated_interval_cell(const Zone& zone, std::int64_t from_ms, std::int64_t to_ms);
Cell duration_cell(std::int64_t ms);                         // none for 0
Cell size_cell(std::int64_t bytes);                          // none for 0
Cell courseware_cell(std::int64_t no);                       // none for 0
Cell events_cell(std::initializer_list<std::int64_t> seqs);  // zeros are left out
Cell words_cell(std::string words);                          // none where there are none

// The interval that stands beside `on`: a start on another day is read with its date.
Interval interval(const Zone& zone, std::int64_t from_ms, std::int64_t to_ms, std::optional<LocalDate> on);

}  // namespace edu::logs
