// Text as bytes, for what reads bytes. The text must outlive the span.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace edu {

inline std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace edu
