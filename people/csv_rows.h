// Rows of a CSV text (RFC 4180, by libcsv) with the lines that they stand on. csv_rows.cpp alone includes
// <csv.h>.
#pragma once

#include <functional>
#include <string_view>

#include "people/file_row.h"

namespace edu::people {

// Hands the rows over one by one until `take` says false. Empty lines are no rows. After a broken row it goes
// on with the line after the one where the fault showed. A cell of the form ="092" is taken as "092". Throws
// only std::bad_alloc and what `take` throws.
void each_csv_row(std::string_view text, char separator, const std::function<bool(const FileRow&)>& take);

}  // namespace edu::people
