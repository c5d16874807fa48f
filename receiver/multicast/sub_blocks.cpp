#include "receiver/multicast/sub_blocks.h"

#include <cstring>

namespace edu::multicast {

void join_sub_blocks(const fec::Oti& oti, const fec::Block& block, std::span<const std::uint8_t> symbols,
                     std::span<std::uint8_t> bytes) {
  for (std::uint32_t i = 0; i < block.symbols; ++i)
    for (std::uint16_t j = 0; j < oti.sub_blocks; ++j) {
      const auto run = fec::piece(oti, block, i, j);
      const auto* from = symbols.data() + std::size_t{i} * oti.symbol + run.in_symbol;
      std::memcpy(bytes.data() + run.in_block, from, run.bytes);
    }
}

}  // namespace edu::multicast
