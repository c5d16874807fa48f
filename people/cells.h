// Cells of a roster file in the one form that the roster keeps, so that what looks the same is the same.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/loose_date.h"

namespace edu::people {

inline constexpr std::size_t kLongestCell =
    255;  // bytes of UTF-8: 85 Chinese characters, no name or phone is longer
// A cell before it is cleaned. Callers refuse longer ones first: normal forms take quadratic time on hostile
// text.
inline constexpr std::size_t kLongestRawCell = 4 * kLongestCell;

// In the forms of base/typed.h, without what spreadsheets put around a cell: ="092" is 092, and the
// apostrophe that keeps a cell from being a formula (base/table.h, to_csv) goes. `text` is UTF-8 of at most
// kLongestRawCell bytes. Cleaning twice changes nothing.
std::string clean_cell(std::string_view text);
std::string clean_name(std::string_view text);    // names, groups and words: folded_name
std::string clean_number(std::string_view text);  // member numbers and phones: folded_number

}  // namespace edu::people
