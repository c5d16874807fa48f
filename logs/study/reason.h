// What a person gives as a reason: it stands in a book for ever.
#pragma once

#include <string>

#include "base/result.h"

namespace edu::logs {

inline constexpr std::size_t kLongestReason = 500;  // bytes; a line of the book

// One line, in the form of base/text.h. Refusals "logs.reason_length" {most}: it is blank or too long;
// "logs.reason_characters": it has control characters.
Result<std::string> checked_reason(const std::string& given);

}  // namespace edu::logs
