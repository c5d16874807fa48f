#include <cstring>

#include <multicast/sub_blocks.h>

namespace edu::multicast {

void join_sub_blocks(const fec::Oti& oti, const fec::Block& block, std::span<const std::uint8_t> symbols,
                     std::span<std::uint8_t> bytes) {
  const std::size_t units = oti.symbol / oti.alignment;
  const std::size_t larger = units % oti.sub_blocks;  // so many sub-blocks have a unit more
  std::size_t before = 0;                             // bytes of a symbol that lie in earlier sub-blocks
  auto* out = bytes.data();
  for (std::size_t j = 0; j < oti.sub_blocks; ++j) {
    const auto size = (units / oti.sub_blocks + (j < larger ? 1 : 0)) * oti.alignment;
    for (std::size_t i = 0; i < block.symbols; ++i, out += size)
      std::memcpy(out, symbols.data() + i * oti.symbol + before, size);
    before += size;
  }
}

}  // namespace edu::multicast
