// JSON: Boost.JSON's values, and the canonical text that the journal hashes.
#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "base/result.h"

namespace edu {
namespace json = boost::json;

// The canonical text of a value: members sorted by their names' bytes, no blanks, integers and strings only
// (and objects and arrays of them), strings in UTF-8 NFC, escapes only where RFC 8259 section 7 demands them.
// Throws std::logic_error for a double, a boolean, a null or text that is not UTF-8: an event must not hold
// one.
std::string canonical(const json::value& value);

// Parses bytes from outside; nesting deeper than 32 is refused.
// Refusal "json": {where} is the byte offset, {what} the parser's word.
Result<json::value> parse_json(std::string_view text);

// Members of an object that may lack them or hold another type: for values we wrote ourselves.
std::string get_string(const json::object& object, std::string_view name, std::string_view fallback = "");
std::int64_t get_int(const json::object& object, std::string_view name, std::int64_t fallback = 0);
const json::array& get_array(const json::object& object, std::string_view name);  // an empty one if it lacks
const json::object& get_object(const json::object& object,
                               std::string_view name);  // an empty one if it lacks

}  // namespace edu
