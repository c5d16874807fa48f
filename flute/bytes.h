// Integers in network order, of any width up to 64 bits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace edu::flute {

inline std::uint64_t read_big_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (const auto byte : bytes) value = value << 8 | byte;
  return value;
}

inline void append_big_endian(std::uint64_t value, std::size_t width, std::vector<std::uint8_t>& out) {
  for (auto shift = width * 8; shift > 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(value >> (shift - 8)));
}

}  // namespace edu::flute
