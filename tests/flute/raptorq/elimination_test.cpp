#include <random>

#include <gtest/gtest.h>

#include "flute/raptorq/dense.h"
#include "flute/raptorq/peeling.h"
#include "flute/raptorq/plan.h"
#include "flute/raptorq/tables.h"

namespace edu::raptorq {
namespace {

SparseRows rows_of(const std::vector<std::vector<std::uint32_t>>& rows) {
  SparseRows sparse;
  for (const auto& row : rows) {
    for (const auto column : row) sparse.add(column);
    sparse.end_row();
  }
  return sparse;
}

TEST(Peeling, TakesRowsWithOneColumnAndThenThoseThatTheyFree) {
  const auto peeling = peel(rows_of({{0, 1, 2}, {1}, {1, 2}}), 3, 3);
  ASSERT_EQ(peeling.pivots.size(), 3u);
  EXPECT_EQ(peeling.pivots[0].row, 1u);
  EXPECT_EQ(peeling.pivots[1].column, 2u);
  EXPECT_EQ(peeling.pivots[2].column, 0u);
  EXPECT_TRUE(peeling.inactive.empty() && peeling.left_rows.empty());
}

TEST(Peeling, GivesUpAColumnOfTheLargestPart) {
  // Two parts of rows with two columns: 0-1 and 2-3-4. Giving up one of the larger one peels all of it.
  const auto peeling = peel(rows_of({{0, 1}, {2, 3}, {3, 4}}), 5, 5);
  ASSERT_EQ(peeling.inactive.size(), 2u);
  EXPECT_GE(peeling.inactive[0], 2u);
  EXPECT_LE(peeling.inactive[1], 1u);
}

TEST(Peeling, LeavesPivotsThatHoldNothingLater) {
  for (const std::uint32_t k : {10u, 101u, 1000u}) {
    const Code code(k);
    SparseRows rows;
    code.add_ldpc_rows(rows);
    for (std::uint32_t isi = 0; isi < code.padded_symbols(); ++isi) code.add_encoding_row(isi * 7, rows);
    const auto peeling = peel(rows, code.lt(), code.intermediate());
    std::vector<bool> known(code.intermediate());
    for (const auto column : peeling.inactive) known[column] = true;
    for (const auto& pivot : peeling.pivots) {
      for (const auto* column = rows.begin(pivot.row); column != rows.end(pivot.row); ++column) {
        ASSERT_TRUE(*column == pivot.column || known[*column]);
      }
      ASSERT_FALSE(known[pivot.column]);
      known[pivot.column] = true;
    }
    EXPECT_EQ(peeling.inactive.size() + peeling.pivots.size(), code.intermediate());
    EXPECT_EQ(peeling.pivots.size() + peeling.left_rows.size(), rows.rows());
  }
}

TEST(Dense, SolvesBinaryRowsUpToTheFreeUnknowns) {
  std::mt19937_64 random(64);
  for (int round = 0; round < 200; ++round) {
    const auto unknowns = static_cast<std::uint32_t>(random() % 150 + 1),
               count = static_cast<std::uint32_t>(random() % 150);
    Bits rows(count, unknowns);
    std::vector<int> value(unknowns), right(count);
    for (auto& v : value) v = static_cast<int>(random() & 1);
    for (std::uint32_t row = 0; row < count; ++row) {
      for (std::uint32_t column = 0; column < unknowns; ++column) {
        if (random() % 3 != 0) continue;
        rows.add_one(row, column);
        right[row] ^= value[column];
      }
    }
    const auto solution = solve_binary(rows, count, unknowns);
    ASSERT_EQ(solution.pivots.size() + solution.free.size(), unknowns);
    for (std::size_t pivot = 0; pivot < solution.pivots.size(); ++pivot) {
      int sum = 0;
      for (std::size_t i = 0; i < solution.used.size(); ++i) {
        if (solution.mix.get(pivot, i)) sum ^= right[solution.used[i]];
      }
      for (const auto free : solution.free) {
        if (solution.solved.get(pivot, free)) sum ^= value[free];
      }
      ASSERT_EQ(sum, value[solution.pivots[pivot]]);
    }
  }
}

TEST(Dense, InvertsOverGf256AndSaysWhenItCannot) {
  EXPECT_EQ(solve_gf256({2}, 1, 1), (std::vector<std::uint8_t>{142}));  // 2 * 142 = 1
  EXPECT_EQ(solve_gf256({0, 1, 1, 0}, 2, 2), (std::vector<std::uint8_t>{0, 1, 1, 0}));
  EXPECT_EQ(solve_gf256({0, 5, 1}, 3, 1).value().size(), 3u);
  EXPECT_FALSE(solve_gf256({1, 2, 1, 2}, 2, 2));
  EXPECT_FALSE(solve_gf256({1, 2}, 1, 2));
  EXPECT_FALSE(solve_gf256({0, 0}, 2, 1));
}

// The systematic index of each table row was chosen so that this holds: one wrong number in the tables, in
// the tuples or in the constraint rows, and some of the 477 blocks could not be encoded.
TEST(Plan, ExistsForTheSourceSymbolsOfEveryBlockSize) {
  // Every row up to 2,000 symbols, and of the large ones, which take their time, every twentieth and the
  // last.
  const auto table = block_parameters();
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (table[row].k > 2000 && row % 20 != 0 && row + 1 != table.size()) continue;
    EXPECT_TRUE(Plan::encoding(Code(table[row].k))) << table[row].k;
  }
  for (const std::uint32_t k : {1u, 2u, 9u, 11u, 13u, 1001u, 4321u})
    EXPECT_TRUE(Plan::encoding(Code(k))) << k;
}

TEST(Plan, StaysNearlyLinear) {
  // What a run costs, in symbols read for each one of the block; and the dense half stays small.
  for (const std::uint32_t k : {100u, 1000u, 10'000u}) {
    const auto plan = Plan::encoding(Code(k));
    ASSERT_TRUE(plan);
    EXPECT_LT(plan->sums(), 30 * k) << k;
    EXPECT_LT(plan->inactive(), 30 + k / 10) << k;
  }
}

TEST(Plan, IsRefusedWhereSymbolsWerePickedToMakeItDear) {
  // Symbols of high degree alone: no row has few columns, so that nearly all columns are given up.
  const Code code(8000);
  std::vector<std::uint32_t> picked;
  for (std::uint32_t esi = 8000; picked.size() < 8010; ++esi) {
    if (code.tuple(code.isi(esi)).d >= 15) picked.push_back(code.isi(esi));
  }
  SparseRows rows;
  code.add_ldpc_rows(rows);
  for (const auto isi : picked) code.add_encoding_row(isi, rows);
  EXPECT_LE(peel(rows, code.lt(), code.intermediate()).inactive.size(), kMostInactive + 1);
  const std::uint32_t wanted = 0;
  const auto plan = Plan::decoding(code, picked, {&wanted, 1});
  EXPECT_TRUE(!plan || plan->inactive() <= kMostInactive);
}

}  // namespace
}  // namespace edu::raptorq
