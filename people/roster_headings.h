// The columns of a roster file: which heading means which field.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"

namespace edu::people {

// no (序号) is the line's number in a printed list; it is read over, because it changes when a line is put
// in.
enum class Field { number, no, name, gender, birth, category, group, status, status_since, phone, roles };

// By the headings of both catalogues, the keys and some usual other names; blanks, case and / - _ . do not
// matter.
std::optional<Field> field_of(std::string_view heading);

}  // namespace edu::people
