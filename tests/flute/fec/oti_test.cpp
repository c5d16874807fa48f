#include "flute/fec/oti.h"

#include <random>

#include <gtest/gtest.h>

#include "base/messages.h"

namespace edu::fec {
namespace {

Oti no_code(std::uint64_t length, std::uint16_t symbol, std::uint32_t max_block) {
  return {.encoding = Encoding::no_code, .length = length, .symbol = symbol, .max_block = max_block};
}

Oti reed_solomon(std::uint64_t length, std::uint16_t symbol, std::uint32_t max_block, std::uint32_t max_n) {
  return {.encoding = Encoding::reed_solomon,
          .length = length,
          .symbol = symbol,
          .max_block = max_block,
          .max_symbols = max_n};
}

Oti raptorq(std::uint64_t length, std::uint16_t symbol, std::uint16_t blocks, std::uint16_t sub_blocks,
            std::uint8_t alignment) {
  return {.encoding = Encoding::raptorq,
          .length = length,
          .symbol = symbol,
          .blocks = blocks,
          .sub_blocks = sub_blocks,
          .alignment = alignment};
}

void expect_refused(const Oti& oti, const std::string& member) {
  const auto answer = checked(oti);
  ASSERT_FALSE(answer) << member;
  EXPECT_EQ(answer.error().code, "fec.bad_oti");
  EXPECT_EQ(answer.error().args.at("member"), member);
  for (const auto language : {Language::zh, Language::en}) {
    EXPECT_NE(text(language, answer.error()).find(answer.error().args.at("right")), std::string::npos);
  }
}

TEST(Oti, AcceptsWhatSendersUse) {
  EXPECT_TRUE(checked(no_code(1 << 30, 1428, 64)));
  EXPECT_TRUE(checked(no_code(0, 1428, 64)));
  EXPECT_TRUE(checked(no_code(1, 1428, 65536)));
  EXPECT_TRUE(checked(reed_solomon(1 << 30, 1400, 223, 255)));
  EXPECT_TRUE(checked(reed_solomon(1, 1, 1, 1)));
  EXPECT_TRUE(checked(raptorq(1 << 30, 1400, 20, 1, 4)));
  auto small_block = reed_solomon(1 << 30, 1400, 100, 120);
  small_block.encoding = Encoding::small_block;
  EXPECT_TRUE(checked(small_block));
}

TEST(Oti, RefusesAnEncodingThatIsNotOurs) {
  auto oti = no_code(10, 10, 10);
  for (unsigned id : {3u, 4u, 7u, 128u, 130u, 255u}) {
    oti.encoding = static_cast<Encoding>(id);
    const auto answer = checked(oti);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "fec.unknown_encoding");
    EXPECT_EQ(answer.error().args.at("id"), std::to_string(id));
  }
}

TEST(Oti, RefusesSymbolsOfNoBytes) {
  expect_refused(no_code(10, 0, 10), "FEC-OTI-Encoding-Symbol-Length");
  expect_refused(reed_solomon(10, 0, 10, 20), "FEC-OTI-Encoding-Symbol-Length");
  expect_refused(raptorq(10, 0, 1, 1, 1), "FEC-OTI-Encoding-Symbol-Length");
}

TEST(Oti, RefusesBlocksThatNoPayloadIdCanName) {
  expect_refused(no_code(10, 10, 0), "FEC-OTI-Maximum-Source-Block-Length");
  expect_refused(no_code(10, 10, 65537), "FEC-OTI-Maximum-Source-Block-Length");
  expect_refused(no_code(10, 10, 0xffffffff), "FEC-OTI-Maximum-Source-Block-Length");
  EXPECT_TRUE(checked(no_code(65536ull * 64 * 1000, 1000, 64)));
  expect_refused(no_code(65536ull * 64 * 1000 + 1, 1000, 64), "Transfer-Length");
  expect_refused(no_code(1ull << 47, 1, 1), "Transfer-Length");
  expect_refused(reed_solomon(1ull << 47, 1, 1, 1), "Transfer-Length");
  expect_refused(no_code(1ull << 48, 65535, 65536), "Transfer-Length");
  expect_refused(no_code(~0ull, 65535, 2000), "Transfer-Length");
}

TEST(Oti, RefusesReedSolomonOutsideItsField) {
  expect_refused(reed_solomon(10, 10, 0, 20), "FEC-OTI-Maximum-Source-Block-Length");
  expect_refused(reed_solomon(10, 10, 10, 0), "FEC-OTI-Max-Number-of-Encoding-Symbols");
  expect_refused(reed_solomon(10, 10, 10, 9), "FEC-OTI-Maximum-Source-Block-Length");
  expect_refused(reed_solomon(10, 10, 10, 256), "FEC-OTI-Max-Number-of-Encoding-Symbols");
  expect_refused(reed_solomon(10, 10, 0xffffffff, 0xffffffff), "FEC-OTI-Max-Number-of-Encoding-Symbols");
  auto instance = reed_solomon(10, 10, 10, 20);
  instance.encoding = Encoding::small_block;
  instance.instance = 1;
  expect_refused(instance, "FEC-OTI-FEC-Instance-ID");
  auto group = reed_solomon(10, 10, 10, 20);
  group.encoding = Encoding::reed_solomon_m;
  group.group = 0;
  expect_refused(group, "G");
}

TEST(Oti, RefusesRaptorQParametersThatRfc6330DoesNotHave) {
  expect_refused(raptorq(1000, 100, 0, 1, 4), "Z");
  expect_refused(raptorq(1000, 100, 11, 1, 4), "Z");  // more blocks than symbols
  expect_refused(raptorq(100'000, 100, 256, 1, 4), "Z");
  expect_refused(raptorq(1000, 100, 1, 0, 4), "N");
  expect_refused(raptorq(1000, 100, 1, 26, 4), "N");
  expect_refused(raptorq(1000, 100, 1, 25, 4), "N");  // of 4 bytes: each symbol in 25 pieces
  expect_refused(raptorq(1000, 100, 1, 1, 0), "Al");
  expect_refused(raptorq(1000, 100, 1, 1, 3), "Al");
  expect_refused(raptorq(1000, 100, 1, 1, 200), "Al");
  expect_refused(raptorq(56404, 1, 1, 1, 1), "K");
  EXPECT_TRUE(checked(raptorq(56403, 1, 1, 1, 1)));
  expect_refused(raptorq(1ull << 47, 65535, 255, 1, 1), "Transfer-Length");
  EXPECT_TRUE(checked(raptorq(0, 100, 1, 1, 4)));
}

TEST(Oti, RefusesABlockBeyondTheMemoryBound) {
  expect_refused(raptorq(942574504275, 65535, 255, 1, 1), "source block bytes");
  expect_refused(no_code(4'000'000'000, 65535, 65536), "source block bytes");
  EXPECT_TRUE(checked(no_code(4'000'000'000, 2048, 65536)));
}

TEST(Partition, IsTheOneOfRfc5052) {
  // 1,000 symbols in blocks of at most 64: N = 16, A_large = 63, A_small = 62, I = 8.
  const Partition partition(no_code(999'999, 1000, 64));
  ASSERT_EQ(partition.blocks(), 16u);
  EXPECT_EQ(partition.symbols(), 1000u);
  EXPECT_EQ(partition.block(0), (Block{63, 63, 0, 63'000}));
  EXPECT_EQ(partition.block(7), (Block{63, 63, 7 * 63'000, 63'000}));
  EXPECT_EQ(partition.block(8), (Block{62, 62, 8 * 63'000, 62'000}));
  EXPECT_EQ(partition.block(15), (Block{62, 62, 938'000, 61'999}));
}

TEST(Partition, OfAnEmptyObjectHasNoBlocks) {
  EXPECT_EQ(Partition(no_code(0, 1000, 64)).blocks(), 0u);
  EXPECT_EQ(Partition(raptorq(0, 1000, 3, 1, 4)).blocks(), 0u);
  EXPECT_EQ(Partition(no_code(0, 1000, 64)).symbols(), 0u);
}

TEST(Partition, GivesSmallBlocksAsMuchRepairAsLargeOnes) {
  const Partition partition(reed_solomon(150 * 10, 10, 100, 120));
  EXPECT_EQ(partition.block(1).symbols, 75u);
  EXPECT_EQ(partition.block(1).encoded, 95u);
}

TEST(Partition, CutsRaptorQIntoZBlocks) {
  const Partition partition(raptorq(999, 10, 3, 1, 2));
  ASSERT_EQ(partition.blocks(), 3u);
  EXPECT_EQ(partition.block(0), (Block{34, 1 << 24, 0, 340}));
  EXPECT_EQ(partition.block(1), (Block{33, 1 << 24, 340, 330}));
  EXPECT_EQ(partition.block(2), (Block{33, 1 << 24, 670, 329}));
}

TEST(Partition, CoversEveryByteOnce) {
  std::mt19937_64 random(5052);
  for (int round = 0; round < 2000; ++round) {
    const auto symbol = static_cast<std::uint16_t>(random() % 2000 + 1);
    auto oti = no_code(random() % 1'000'000, symbol, static_cast<std::uint32_t>(random() % 300 + 1));
    const auto blocks = static_cast<std::uint16_t>(random() % 255 + 1);
    if (round % 2 != 0) oti = raptorq(oti.length, symbol, blocks, 1, 1);
    if (!checked(oti)) continue;
    const Partition partition(oti);
    std::uint64_t offset = 0, symbols = 0;
    for (std::uint32_t sbn = 0; sbn < partition.blocks(); ++sbn) {
      const auto block = partition.block(sbn);
      ASSERT_EQ(block.offset, offset);
      ASSERT_GT(block.bytes, std::uint64_t{block.symbols - 1} * oti.symbol);
      ASSERT_GE(block.encoded, block.symbols);
      offset += block.bytes;
      symbols += block.symbols;
    }
    ASSERT_EQ(offset, oti.length);
    ASSERT_EQ(symbols, partition.symbols());
  }
}

TEST(Piece, IsTheWholeSymbolWithoutSubBlocks) {
  EXPECT_EQ(piece(no_code(1000, 100, 10), {10, 10, 0, 1000}, 3, 0), (Piece{0, 300, 100}));
  EXPECT_EQ(piece(raptorq(1000, 100, 1, 1, 4), {10, 1 << 24, 0, 1000}, 3, 0), (Piece{0, 300, 100}));
}

TEST(Piece, FollowsTheSubBlocksOfRfc6330) {
  // T = 20, Al = 4, N = 3: five units of 4 bytes in sub-symbols of 8, 8 and 4 bytes; K = 7.
  const auto oti = raptorq(140, 20, 1, 3, 4);
  const Block block{7, 1 << 24, 0, 140};
  EXPECT_EQ(piece(oti, block, 0, 0), (Piece{0, 0, 8}));
  EXPECT_EQ(piece(oti, block, 6, 0), (Piece{0, 48, 8}));
  EXPECT_EQ(piece(oti, block, 0, 1), (Piece{8, 56, 8}));
  EXPECT_EQ(piece(oti, block, 2, 2), (Piece{16, 120, 4}));
}

TEST(Piece, TilesBlockAndSymbol) {
  const auto oti = raptorq(11 * 36, 36, 1, 5, 4);
  const auto block = Partition(oti).block(0);
  std::vector<int> covered(block.bytes);
  for (std::uint32_t symbol = 0; symbol < block.symbols; ++symbol) {
    std::uint32_t in_symbol = 0;
    for (std::uint16_t sub = 0; sub < oti.sub_blocks; ++sub) {
      const auto part = piece(oti, block, symbol, sub);
      EXPECT_EQ(part.in_symbol, in_symbol);
      in_symbol += part.bytes;
      for (std::uint32_t i = 0; i < part.bytes; ++i) ++covered.at(part.in_block + i);
    }
    EXPECT_EQ(in_symbol, oti.symbol);
  }
  EXPECT_EQ(covered, std::vector<int>(block.bytes, 1));
}

}  // namespace
}  // namespace edu::fec
