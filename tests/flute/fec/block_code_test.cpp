#include "flute/fec/block_code.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

namespace edu::fec {
namespace {

using Bytes = std::vector<std::uint8_t>;

// An oracle that shares nothing with the code: products bit by bit, inverses by trying, Lagrange as in a
// book.
std::uint8_t times(unsigned a, unsigned b) {
  unsigned product = 0;
  for (unsigned bit = 0; bit < 8; ++bit) {
    if ((b >> bit & 1) != 0) product ^= a << bit;
  }
  for (unsigned bit = 15; bit >= 8; --bit) {
    if ((product >> bit & 1) != 0) product ^= 0x11du << (bit - 8);
  }
  return static_cast<std::uint8_t>(product);
}
std::uint8_t inverse(std::uint8_t a) {  // a^254
  std::uint8_t product = 1, square = a;
  for (int bit = 1; bit < 8; ++bit) {
    square = times(square, square);
    product = times(product, square);
  }
  return product;
}
std::uint8_t alpha_to(unsigned exponent) {
  std::uint8_t power = 1;
  for (; exponent > 0; --exponent) power = times(power, 2);
  return power;
}
std::uint8_t point(RsPoints points, std::uint32_t c) {
  switch (points) {
    case RsPoints::powers:
      return alpha_to(c);
    case RsPoints::zero_powers:
      return c == 0 ? 0 : alpha_to(c - 1);
    case RsPoints::integers:
      return static_cast<std::uint8_t>(c);
  }
  return 0;
}
Bytes interpolate(RsPoints points, const Bytes& source, std::uint32_t k, std::size_t size,
                  std::uint32_t esi) {
  Bytes symbol(size);
  const auto x = point(points, esi);
  for (std::uint32_t j = 0; j < k; ++j) {
    std::uint8_t factor = 1;
    for (std::uint32_t l = 0; l < k; ++l) {
      if (l == j) continue;
      factor = times(factor, x ^ point(points, l));
      factor = times(factor, inverse(static_cast<std::uint8_t>(point(points, j) ^ point(points, l))));
    }
    for (std::size_t i = 0; i < size; ++i) symbol[i] ^= times(factor, source[j * size + i]);
  }
  return symbol;
}

Bytes random_bytes(std::size_t size, std::mt19937_64& random) {
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

Oti oti_of(Encoding encoding, std::uint32_t k, std::uint32_t n, std::uint16_t size) {
  Oti oti{.encoding = encoding, .length = std::uint64_t{k} * size, .symbol = size};
  if (encoding != Encoding::raptorq) oti.max_block = k;
  if (encoding != Encoding::raptorq && encoding != Encoding::no_code) oti.max_symbols = n;
  return oti;
}

constexpr Encoding kReedSolomons[] = {Encoding::reed_solomon_m, Encoding::reed_solomon,
                                      Encoding::small_block};
constexpr RsPoints kPoints[] = {RsPoints::powers, RsPoints::zero_powers, RsPoints::integers};

TEST(ReedSolomon, IsThePolynomialThroughTheSourceSymbols) {
  std::mt19937_64 random(5510);
  for (const auto points : kPoints) {
    for (const auto& [k, n] : {std::pair{1u, 4u}, {2u, 3u}, {10u, 20u}, {64u, 80u}}) {
      const auto oti = oti_of(Encoding::reed_solomon, k, n, 17);
      const auto block = Partition(oti).block(0);
      const auto source = random_bytes(std::size_t{k} * 17, random);
      const auto encoder = make_encoder(oti, block, source, {points});
      for (std::uint32_t esi = 0; esi < n; ++esi) {
        Bytes symbol(17);
        encoder->symbol(esi, symbol);
        ASSERT_EQ(symbol, interpolate(points, source, k, 17, esi)) << k << " " << esi;
      }
    }
  }
}

// RFC 5510 8.2.1 from the other side: the inverse of the first k columns of V, times V, gives the codeword;
// so codeword symbol j is the sum over i of c[i] * (alpha^j)^i, with the same c for all j.
TEST(ReedSolomon, IsSystematicFromTheVandermondeMatrix) {
  constexpr std::uint32_t k = 3, n = 7;
  // c = (5, 7, 11): the codeword by the definition, its first k symbols as the source.
  Bytes codeword(n);
  for (std::uint32_t j = 0; j < n; ++j) {
    const auto x = alpha_to(j);
    codeword[j] = static_cast<std::uint8_t>(5 ^ times(7, x) ^ times(11, times(x, x)));
  }
  const auto oti = oti_of(Encoding::reed_solomon, k, n, 1);
  const Bytes source(codeword.begin(), codeword.begin() + k);
  const auto encoder = make_encoder(oti, Partition(oti).block(0), source);
  Bytes made(n);
  for (std::uint32_t j = 0; j < n; ++j) encoder->symbol(j, std::span(made).subspan(j, 1));
  EXPECT_EQ(made, codeword);
}

struct Received {
  Bytes source;
  std::vector<bool> have;
  std::vector<Bytes> symbols;
  std::vector<Repair> repair;
};

// `lost` source symbols are gone, `repair` others came, at random.
Received receive(const Oti& oti, const Block& block, const Bytes& source, std::uint32_t lost,
                 std::uint32_t repair, const CodeSettings& settings, std::mt19937_64& random) {
  Received received{source, std::vector<bool>(block.symbols, true), {}, {}};
  std::vector<std::uint32_t> order(block.symbols);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), random);
  for (std::uint32_t i = 0; i < lost; ++i) {
    received.have[order[i]] = false;
    std::fill_n(received.source.begin() + order[i] * oti.symbol, oti.symbol, std::uint8_t{0xee});
  }
  const auto encoder = make_encoder(oti, block, source, settings);
  std::vector<std::uint32_t> esis(std::min(block.encoded - block.symbols, 1000u));
  std::iota(esis.begin(), esis.end(), block.symbols);
  std::shuffle(esis.begin(), esis.end(), random);
  for (std::uint32_t i = 0; i < repair; ++i) {
    received.symbols.emplace_back(oti.symbol);
    encoder->symbol(esis[i], received.symbols.back());
  }
  for (std::uint32_t i = 0; i < repair; ++i) received.repair.push_back({esis[i], received.symbols[i].data()});
  return received;
}

TEST(ReedSolomon, RestoresABlockFromAnyKSymbols) {
  std::mt19937_64 random(55);
  for (int round = 0; round < 150; ++round) {
    const auto encoding = kReedSolomons[round % 3];
    const CodeSettings settings{kPoints[round / 3 % 3]};
    const auto k = static_cast<std::uint32_t>(random() % 200 + 1);
    const auto n = static_cast<std::uint32_t>(k + random() % (256 - k));
    const auto size = static_cast<std::uint16_t>(random() % 100 + 1);
    const auto oti = oti_of(encoding, k, n, size);
    ASSERT_TRUE(checked(oti));
    const auto block = Partition(oti).block(0);
    const auto source = random_bytes(std::size_t{k} * size, random);
    const auto lost = static_cast<std::uint32_t>(random() % (std::min(k, n - k) + 1));
    auto received = receive(oti, block, source, lost, lost, settings, random);
    ASSERT_TRUE(decode(oti, block, received.source, received.have, received.repair, settings));
    ASSERT_EQ(received.source, source) << k << " " << n << " " << lost;
  }
}

TEST(ReedSolomon, RestoresTheLargestBlock) {
  std::mt19937_64 random(255);
  const auto oti = oti_of(Encoding::reed_solomon, 223, 255, 1400);
  const auto block = Partition(oti).block(0);
  const auto source = random_bytes(223 * 1400, random);
  auto received = receive(oti, block, source, 32, 32, {}, random);
  ASSERT_TRUE(decode(oti, block, received.source, received.have, received.repair));
  EXPECT_EQ(received.source, source);
}

TEST(ReedSolomon, WithOtherPointsGivesOtherSymbols) {
  std::mt19937_64 random(3);
  const auto oti = oti_of(Encoding::reed_solomon, 5, 8, 16);
  const auto block = Partition(oti).block(0);
  const auto source = random_bytes(5 * 16, random);
  std::vector<Bytes> symbols(3, Bytes(16));
  for (std::size_t i = 0; i < 3; ++i) make_encoder(oti, block, source, {kPoints[i]})->symbol(6, symbols[i]);
  EXPECT_NE(symbols[0], symbols[1]);
  EXPECT_NE(symbols[1], symbols[2]);
  EXPECT_NE(symbols[0], symbols[2]);
}

void expect_bad_repair_is_passed_over(Encoding encoding) {
  std::mt19937_64 random(7);
  const auto oti = oti_of(encoding, 10, 14, 32);
  const auto block = Partition(oti).block(0);
  const auto source = random_bytes(10 * 32, random);
  auto received = receive(oti, block, source, 3, 4, {}, random);
  const auto good = received.repair;
  received.repair.clear();
  const Bytes nonsense(32, 0x55);
  for (const auto esi : {0u, 3u, 9u, 1u << 24, 0xffffffffu})
    received.repair.push_back({esi, nonsense.data()});
  received.repair.insert(received.repair.end(), {good[0], good[0], good[0], good[1]});
  const auto before = received.source;
  EXPECT_FALSE(decode(oti, block, received.source, received.have, received.repair));
  EXPECT_EQ(received.source, before);
  received.repair.insert(received.repair.end(), {good[2], good[3]});
  EXPECT_TRUE(decode(oti, block, received.source, received.have, received.repair));
  EXPECT_EQ(received.source, source);
}

TEST(BlockCode, PassesOverDuplicatesAndEsisOutOfRange) {
  for (const auto encoding : kReedSolomons) expect_bad_repair_is_passed_over(encoding);
  if (has_code(Encoding::raptorq)) expect_bad_repair_is_passed_over(Encoding::raptorq);
}

TEST(BlockCode, OfNoCodeNeedsEverySymbol) {
  const auto oti = oti_of(Encoding::no_code, 3, 3, 4);
  const auto block = Partition(oti).block(0);
  Bytes source{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  EXPECT_TRUE(decode(oti, block, source, {true, true, true}, {}));
  const Repair repair{3, source.data()};
  EXPECT_FALSE(decode(oti, block, source, {true, false, true}, {&repair, 1}));
  Bytes symbol(4);
  make_encoder(oti, block, source)->symbol(1, symbol);
  EXPECT_EQ(symbol, (Bytes{5, 6, 7, 8}));
}

TEST(BlockCode, RefusesSizesThatDoNotAgree) {
  const auto oti = oti_of(Encoding::reed_solomon, 3, 5, 4);
  const auto block = Partition(oti).block(0);
  Bytes source(12);
  EXPECT_THROW(make_encoder(oti, block, std::span(source).first(11)), std::invalid_argument);
  EXPECT_THROW(decode(oti, block, source, {true, true}, {}), std::invalid_argument);
  EXPECT_THROW(decode(oti, block, std::span(source).first(8), {true, true, true}, {}), std::invalid_argument);
  EXPECT_THROW(Encoders(Oti{.encoding = Encoding{7}, .symbol = 4}), std::invalid_argument);
}

TEST(BlockCode, KnowsWhatThisBuildHas) {
  for (const auto encoding : kReedSolomons) EXPECT_TRUE(has_code(encoding));
  EXPECT_TRUE(has_code(Encoding::no_code));
  EXPECT_FALSE(has_code(Encoding{1}));
}

TEST(BlockCode, OfRaptorQRestoresWhatIsMissing) {
  if (!has_code(Encoding::raptorq)) GTEST_SKIP() << "built without RaptorQ";
  std::mt19937_64 random(6330);
  const auto oti = oti_of(Encoding::raptorq, 100, 0, 50);
  const auto block = Partition(oti).block(0);
  const auto source = random_bytes(100 * 50, random);
  auto received = receive(oti, block, source, 30, 33, {}, random);
  ASSERT_TRUE(decode(oti, block, received.source, received.have, received.repair));
  EXPECT_EQ(received.source, source);
}

TEST(Encoders, MakeTheSameForEveryBlockOfASize) {
  std::mt19937_64 random(2);
  for (const auto encoding : {Encoding::reed_solomon, Encoding::raptorq}) {
    if (!has_code(encoding)) continue;
    auto oti = oti_of(encoding, 10, 15, 8);
    Encoders encoders(oti);
    for (const std::uint32_t k : {10u, 9u, 10u, 8u, 9u, 10u}) {
      const Block block{k, k + 5, 0, k * 8};
      const auto source = random_bytes(k * 8, random);
      const auto shared = encoders.make(block, source);
      const auto alone = make_encoder(oti, block, source);
      for (std::uint32_t esi = 0; esi < k + 5; ++esi) {
        Bytes one(8), other(8);
        shared->symbol(esi, one);
        alone->symbol(esi, other);
        ASSERT_EQ(one, other);
      }
    }
  }
}

}  // namespace
}  // namespace edu::fec
