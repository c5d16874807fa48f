// The header extensions of an LCT header, read into a Packet; part of alc.cpp's work.
#pragma once

#include "flute/alc.h"

namespace edu::flute {

inline constexpr std::size_t kWord = 4;  // bytes: an LCT header counts in 32-bit words

// `bytes`: what lies between the TOI and the end of the LCT header. False: one of them is malformed.
bool read_extensions(std::span<const std::uint8_t> bytes, Packet& packet);
void write_extensions(const PacketHeader& header, std::vector<std::uint8_t>& out);

}  // namespace edu::flute
