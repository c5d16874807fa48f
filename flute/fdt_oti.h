// The FEC-OTI-* attributes of an FDT, of an entry or of the instance as its default; part of fdt.cpp's work.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "flute/fec/oti.h"

namespace edu::flute {

// Texts of the attributes, as they are in the document; null: not there.
struct OtiTexts {
  enum Name { encoding, instance, max_block, symbol, max_symbols, scheme_info, count };
  std::array<const char*, count> values{};

  bool set(std::string_view attribute, const char* value);  // false: none of these
};

// A decimal number of an attribute, at most `most`. Refusal fdt.bad_attribute {attribute, value, right}.
Result<std::uint64_t> read_number(std::string_view attribute, std::string_view text, std::uint64_t most);
Unexpected bad_attribute(std::string_view attribute, std::string_view value, std::string right);

// None where the attributes say too little to cut the object by, as the symbol length: then EXT_FTI does.
// Refusals as above.
Result<std::optional<fec::Oti>> read_oti(const OtiTexts& texts, std::uint64_t length);

using Attributes = std::vector<std::pair<std::string, std::string>>;  // names with their values, to write
Attributes oti_attributes(const fec::Oti& oti);

}  // namespace edu::flute
