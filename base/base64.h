// Base64 (RFC 4648 section 4): keys, signatures, digests in XML, a poster frame in a line of JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace edu {

std::string to_base64(std::span<const std::uint8_t> bytes);
std::string to_base64(std::string_view bytes);

// Nothing unless the text is whole, padded, canonical, and of at most `most` bytes.
std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text, std::size_t most = SIZE_MAX);

}  // namespace edu
