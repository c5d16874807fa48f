#include <cstring>

#include <multicast/sub_blocks.h>

namespace edu::multicast {
namespace {

// Calls `copy(place among the symbols, place in the object's bytes, length)` for each run.
template <class Copy>
void each_run(const fec::Oti& oti, const fec::Block& block, Copy copy) {
  for (std::uint32_t i = 0; i < block.symbols; ++i)
    for (std::uint16_t j = 0; j < oti.sub_blocks; ++j) {
      const auto run = fec::piece(oti, block, i, j);
      copy(std::size_t{i} * oti.symbol + run.in_symbol, run.in_block, run.bytes);
    }
}

}  // namespace

void split_sub_blocks(const fec::Oti& oti, const fec::Block& block, std::span<const std::uint8_t> bytes,
                      std::span<std::uint8_t> symbols) {
  each_run(oti, block, [&](std::size_t symbol, std::uint64_t at, std::size_t size) {
    std::memcpy(symbols.data() + symbol, bytes.data() + at, size);
  });
}

void join_sub_blocks(const fec::Oti& oti, const fec::Block& block, std::span<const std::uint8_t> symbols,
                     std::span<std::uint8_t> bytes) {
  each_run(oti, block, [&](std::size_t symbol, std::uint64_t at, std::size_t size) {
    std::memcpy(bytes.data() + at, symbols.data() + symbol, size);
  });
}

}  // namespace edu::multicast
