// The sparse half of the elimination (RFC 6330 5.4.2.2, first phase): which row gives which column, and which
// columns have to wait ("inactive") for the dense half. Numbers alone, no symbols.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "flute/raptorq/code.h"

namespace edu::raptorq {

// Symbol IDs that a sender picks to make peeling fail would make the dense half as large as the block. Honest
// blocks of the largest size (56,403 symbols) have some 600 inactive columns.
inline constexpr std::size_t kMostInactive = 6000;

struct Pivot {
  std::uint32_t row, column;
};

struct Peeling {
  // In this order each row holds its own column, columns of pivots before it, and inactive ones: nothing
  // else.
  std::vector<Pivot> pivots;
  std::vector<std::uint32_t> inactive;   // columns: those from `width` on first, then the ones given up
  std::vector<std::uint32_t> left_rows;  // that no column needed
};

// Columns below `width` are peeled; those from there to `columns` are inactive from the start. It stops where
// more than kMostInactive are, and is of no use then.
Peeling peel(const SparseRows& rows, std::uint32_t width, std::uint32_t columns);

}  // namespace edu::raptorq
