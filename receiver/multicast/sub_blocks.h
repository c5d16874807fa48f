// RaptorQ's sub-blocks (RFC 6330 4.4.1.2): where an object has more than one, a symbol is made of one
// sub-symbol of each, while the object's bytes hold the sub-blocks one after the other.
#pragma once

#include <span>

#include "flute/fec/oti.h"

namespace edu::multicast {

// From symbols (block.symbols * oti.symbol bytes) to the object's bytes in that block, equally many.
void join_sub_blocks(const fec::Oti& oti, const fec::Block& block, std::span<const std::uint8_t> symbols,
                     std::span<std::uint8_t> bytes);

}  // namespace edu::multicast
