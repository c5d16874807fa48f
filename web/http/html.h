// HTML from values: everything that is put into a page goes through `escape`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/table.h"

namespace edu::web {

// For text and for attribute values in double quotes. What is not UTF-8 is made so.
std::string escape(std::string_view text);

// <table> with these columns of the table, and of its rows the last `most` (newest last) or the first. Cells
// of figures have the class "figure", those of the column "title" the class "title", others none.
enum class Pick { first, last };
std::string html_table(const Table& table, const std::vector<std::string>& keys, std::size_t most, Pick pick);

}  // namespace edu::web
