// The sparse half of the elimination (RFC 6330 5.4.2.2, first phase): which row gives which column, and which
// columns have to wait ("inactive") for the dense half. Numbers alone, no symbols.
#pragma once

#include <cstdint>
#include <vector>

#include <raptorq/code.h>

namespace edu::raptorq {

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

// Columns below `width` are peeled; those from there to `columns` are inactive from the start.
Peeling peel(const SparseRows& rows, std::uint32_t width, std::uint32_t columns);

}  // namespace edu::raptorq
