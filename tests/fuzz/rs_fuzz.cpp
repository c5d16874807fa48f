// Any bytes as the shape of a Reed-Solomon block, its losses and its repair symbols: what is decoded from
// true symbols is the source, and what is not decoded is unchanged.
#include <algorithm>
#include <cstdlib>

#include "flute/fec/block_code.h"

using namespace edu::fec;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

std::uint8_t take(const std::uint8_t*& data, std::size_t& size) {
  if (size == 0) return 0;
  --size;
  return *data++;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr Encoding kEncodings[] = {Encoding::reed_solomon, Encoding::reed_solomon_m, Encoding::small_block};
  const auto shape = take(data, size);
  Oti oti{.encoding = kEncodings[shape % 3], .symbol = static_cast<std::uint16_t>(take(data, size) % 80)};
  const CodeSettings settings{static_cast<RsPoints>(shape / 3 % 3)};
  const bool truthful = shape < 128;
  oti.max_block = take(data, size);
  oti.max_symbols = take(data, size);
  oti.length = std::uint64_t{take(data, size)} * oti.symbol;
  if (!checked(oti) || oti.length == 0) return 0;
  const auto block = Partition(oti).block(0);
  std::vector<std::uint8_t> source(std::size_t{block.symbols} * oti.symbol);
  for (std::size_t i = 0; i < source.size(); ++i) source[i] = static_cast<std::uint8_t>(i * 31 + i / 7);
  auto received = source;
  std::vector<bool> have(block.symbols);
  for (std::uint32_t i = 0; i < block.symbols; ++i) {
    have[i] = take(data, size) % 4 != 0;
    if (!have[i]) std::fill_n(received.begin() + i * oti.symbol, oti.symbol, std::uint8_t{0});
  }
  const auto encoder = make_encoder(oti, block, source, settings);
  std::vector<std::vector<std::uint8_t>> symbols;
  std::vector<Repair> repair;
  while (size > 0 && symbols.size() < 300) {
    const std::uint32_t esi = take(data, size) + (shape % 2 == 0 ? 0u : block.symbols);
    symbols.emplace_back(oti.symbol, static_cast<std::uint8_t>(esi));
    if (truthful && esi < block.encoded) encoder->symbol(esi, symbols.back());
    repair.push_back({esi, nullptr});
  }
  for (std::size_t i = 0; i < repair.size(); ++i) repair[i].bytes = symbols[i].data();
  const auto before = received;
  const bool decoded = decode(oti, block, received, have, repair, settings);
  if (!decoded) check(received == before);
  if (decoded && truthful) check(received == source);
  return 0;
}
