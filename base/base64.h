// Base64 (RFC 4648 section 4), for the poster frame that crosses a line of JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace edu {

std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);  // nullopt unless whole, padded and canonical

}  // namespace edu
