// The number tables of RFC 6330.
#pragma once

#include <cstdint>
#include <span>

namespace edu::raptorq {

// RFC 6330 5.6, table 2: a block of up to k symbols (K') and the code that goes with it.
struct BlockParameters {
  std::uint16_t k;                                 // K', symbols with padding
  std::uint16_t systematic_index, ldpc, hdpc, lt;  // J, S, H, W
};
std::span<const BlockParameters> block_parameters();  // ascending by k

extern const std::uint32_t kRandom[4][256];  // RFC 6330 5.5: V0 to V3

}  // namespace edu::raptorq
