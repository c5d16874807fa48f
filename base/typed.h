// What people type or a spreadsheet holds, in the one form that the station keeps and compares: names,
// numbers, groups, lists, and the hours of a day. Dates are in base/loose_date.h.
//
// All functions are pure, take UTF-8 and never fail. Normal forms take quadratic time on hostile text, so
// callers bound what they give (some kilobytes at most).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace edu {

// One line, NFKC: wide digits and letters (０２１) are plain ones, blanks of every kind are one blank, what
// cannot be seen (zero-width characters, marks of direction, variants) goes.
std::string folded(std::string_view text);

// As folded, without blanks beside a Chinese character, since forms fill names of two characters up with
// blanks and cells break their lines: 王　强 is 王强, "第一\n党支部" is 第一党支部. The dots within a name (·
// • ・ ‧ . and their like) are one, U+00B7.
std::string folded_name(std::string_view text);

// As folded, without blanks; every dash is '-'.
std::string folded_number(std::string_view text);

// What two names, or two numbers, have in common when they are meant to be the same: case and blanks do not
// matter, nor do leading zeros of a number.
std::string name_key(std::string_view text);
std::string number_key(std::string_view text);

// Each `what` in it becomes `by`; `what` is not empty.
void replace_all(std::string& text, std::string_view what, std::string_view by);

// The items of "1，2、3;4": blank ones are none.
std::vector<std::string> typed_list(std::string_view text);

// "22：00－6:00" as "22:00-06:00"; what is no such thing comes back folded.
std::string typed_hours(std::string_view text);

// How many characters have to be put in, taken out or changed to make one text the other. A numeral that is
// another numeral counts as much as a whole word: 第一支部 and 第二支部 are two.
std::size_t typing_distance(std::string_view one, std::string_view other);

// The one of `known` that `typed` is most likely meant to be; empty when none is near: more than a third of
// the longer one's characters differ (one always may).
std::string nearest(std::string_view typed, const std::vector<std::string>& known);

}  // namespace edu
