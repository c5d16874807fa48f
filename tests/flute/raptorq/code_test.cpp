#include "flute/raptorq/code.h"

#include <set>

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "flute/raptorq/raptorq.h"
#include "flute/raptorq/tables.h"

namespace edu::raptorq {
namespace {

TEST(Tables, HoldTheRandomNumbersOfRfc6330) {
  struct Facts {
    std::uint32_t first, last, sum, sum_xor;
  };
  constexpr Facts kFacts[] = {{251291136, 1358307511, 331395769, 2200914733},
                              {807385413, 4135048896, 3270332586, 3069643552},
                              {1629829892, 3497665928, 1176160967, 620986173},
                              {1191369816, 3432275192, 3374522247, 1772968547}};
  for (int table = 0; table < 4; ++table) {
    std::uint32_t sum = 0, sum_xor = 0;
    for (const auto number : kRandom[table]) {
      sum += number;
      sum_xor ^= number;
    }
    EXPECT_EQ(kRandom[table][0], kFacts[table].first);
    EXPECT_EQ(kRandom[table][255], kFacts[table].last);
    EXPECT_EQ(sum, kFacts[table].sum);
    EXPECT_EQ(sum_xor, kFacts[table].sum_xor);
  }
}

TEST(Tables, HoldTheBlockParametersOfRfc6330) {
  const auto rows = block_parameters();
  ASSERT_EQ(rows.size(), 477u);
  EXPECT_EQ(rows.front().k, 10);
  EXPECT_EQ(rows.back().k, kMostSymbols);
  std::vector<std::uint8_t> bytes;  // each number as four bytes, the most significant first
  for (const auto& row : rows) {
    for (const std::uint16_t number : {row.k, row.systematic_index, row.ldpc, row.hdpc, row.lt}) {
      bytes.insert(bytes.end(),
                   {0, 0, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)});
    }
  }
  EXPECT_EQ(to_hex(Sha256().update(bytes).finish()),
            "9d3657cf3255cf51f9a93b762a37fbe740598e3b14259acc5641abedcd0da7d6");
}

TEST(Code, TakesTheSmallestTableRowThatHoldsTheBlock) {
  EXPECT_EQ(Code(1).padded_symbols(), 10u);
  EXPECT_EQ(Code(10).padded_symbols(), 10u);
  EXPECT_EQ(Code(11).padded_symbols(), 12u);
  EXPECT_EQ(Code(kMostSymbols).padded_symbols(), kMostSymbols);
  const Code code(19);
  EXPECT_EQ(code.intermediate(), 20u + 11 + 10);
  EXPECT_EQ(code.isi(18), 18u);
  EXPECT_EQ(code.isi(19), 20u);  // K' - K = 1
}

TEST(Code, HasTuplesInTheirRanges) {
  for (const std::uint32_t k : {1u, 20u, 1000u, kMostSymbols}) {
    const Code code(k);
    const auto p = code.intermediate() - code.lt();
    for (std::uint32_t isi = 0; isi < 3000; ++isi) {
      const auto tuple = code.tuple(isi);
      ASSERT_TRUE(tuple.d >= 1 && tuple.d <= 30 && tuple.d <= code.lt() - 2);
      ASSERT_TRUE(tuple.a >= 1 && tuple.a < code.lt() && tuple.b < code.lt());
      ASSERT_TRUE(tuple.d1 == 2 || (tuple.d1 == 3 && tuple.d < 4));
      SparseRows rows;
      code.add_encoding_row(isi, rows);
      const std::set<std::uint32_t> columns(rows.begin(0), rows.end(0));
      ASSERT_EQ(columns.size(), tuple.d + tuple.d1);  // no column twice
      ASSERT_LT(*columns.rbegin(), code.intermediate());
      ASSERT_LT(tuple.a1, p + 100);
    }
  }
}

TEST(Code, DrawsDegreesAsTheTableHasThem) {
  // Table 1: degree 2 half of the time, degree 1 in 0.5 %.
  const Code code(10000);
  std::vector<int> count(31);
  for (std::uint32_t isi = 0; isi < 100'000; ++isi) ++count[code.tuple(isi).d];
  EXPECT_NEAR(count[1], 500, 120);
  EXPECT_NEAR(count[2], 50'000, 1000);
  EXPECT_NEAR(count[3], 16'667, 700);
  EXPECT_NEAR(count[30], 2945, 300);
}

TEST(Code, ConnectsEveryColumnToThreeLdpcRows) {
  const Code code(500);
  SparseRows rows;
  code.add_ldpc_rows(rows);
  ASSERT_EQ(rows.rows(), code.ldpc());
  std::vector<int> count(code.intermediate());
  for (std::uint32_t row = 0; row < rows.rows(); ++row) {
    for (const auto* column = rows.begin(row); column != rows.end(row); ++column) ++count[*column];
  }
  for (std::uint32_t column = 0; column < code.lt(); ++column) {
    ASSERT_EQ(count[column], column < code.lt() - code.ldpc() ? 3 : 1) << column;
  }
}

}  // namespace
}  // namespace edu::raptorq
