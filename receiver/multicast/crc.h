// CRC-32 over the generator 0x04c11db7, in its two usual shapes; by ISA-L, which uses the processor's
// carry-less multiplication.
#pragma once

#include <cstdint>
#include <span>

namespace edu::multicast {

std::uint32_t crc32(std::span<const std::uint8_t> bytes, std::uint32_t before = 0);  // as in gzip
// As in MPEG-2 sections (ISO/IEC 13818-1 annex A): 0 over a section with its CRC_32 field.
std::uint32_t crc32_mpeg(std::span<const std::uint8_t> bytes);

}  // namespace edu::multicast
