#include "flute/raptorq/raptorq.h"

#include <fstream>
#include <numeric>
#include <random>
#include <sstream>

#include <gtest/gtest.h>

namespace edu::raptorq {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes from_hex(const std::string& hex) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

TEST(RaptorQ, MakesTheSymbolsThatThreeOtherCodecsMake) {
  constexpr std::uint32_t kSymbols = 20, kSize = 64;
  Bytes source(kSymbols * kSize);
  for (std::size_t i = 0; i < source.size(); ++i)
    source[i] = static_cast<std::uint8_t>((i * 7 + i / 64 * 13) % 251);
  const Encoder encoder(kSymbols, kSize, source);
  std::ifstream file(EDU_VECTORS "/raptorq_20x64.txt");
  std::size_t compared = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream words(line);
    std::uint32_t esi = 0;
    std::string hex;
    words >> esi >> hex;
    Bytes symbol(kSize);
    encoder.symbol(esi, symbol);
    EXPECT_EQ(symbol, from_hex(hex)) << "ESI " << esi;
    ++compared;
  }
  EXPECT_GE(compared, 4u);
}

}  // namespace
}  // namespace edu::raptorq
