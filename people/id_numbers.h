// Numbers that a spreadsheet program has spoiled: it keeps 15 digits, and shows long numbers shortened.
#pragma once

#include <string_view>

namespace edu::people {

// The code of the refusal: "shortened_number" for 4.40981E+17; "lost_digits" for sixteen digits or more that
// are zeros after the fifteenth, unless it is an identity number whose check digit is right (GB 11643-1999).
// Null for a number that may be whole. `number` is in the form of base/typed.h.
const char* digits_lost(std::string_view number);

}  // namespace edu::people
