// The columns of a roster file: which heading means which field.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "people/file_row.h"
#include "people/roster_file.h"

namespace edu::people {

// no (序号) is the line's number in a printed list; it is read over where there is a column of numbers,
// because it changes when a line is put in.
enum class Field { number, no, name, gender, birth, category, group, status, status_since, phone, roles };

// By the headings of both text files, the keys and some usual other names; blanks, case, * / - _ . and what
// stands in brackets do not matter.
std::optional<Field> field_of(std::string_view heading);

struct Column {
  Field field;
  std::string heading;  // as it stands in the file: messages call the column by it
  std::size_t at;       // from 0
};

// How many different fields a row names: what tells the headings from titles and people.
std::size_t headings_in(const FileRow& row);
// Whether a row of several reads as the headings: it names the name and one more field.
bool reads_as_headings(const FileRow& row);

}  // namespace edu::people
