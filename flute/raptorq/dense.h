// The dense half of the elimination: the inactive columns out of the rows that peeling left over, first in
// GF(2), and the few columns that then are still free out of the HDPC rows in GF(2^8). Numbers alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace edu::raptorq {

// A binary matrix, 64 columns a word.
class Bits {
 public:
  Bits(std::size_t rows, std::size_t columns) : words_((columns + 63) / 64), bits_(rows * words_) {}
  std::size_t words() const { return words_; }
  std::uint64_t* operator[](std::size_t row) { return bits_.data() + row * words_; }
  const std::uint64_t* operator[](std::size_t row) const { return bits_.data() + row * words_; }
  void add_one(std::size_t row, std::size_t column) {
    bits_[row * words_ + column / 64] ^= std::uint64_t{1} << (column % 64);
  }
  bool get(std::size_t row, std::size_t column) const {
    return (bits_[row * words_ + column / 64] >> (column % 64) & 1) != 0;
  }
  void add(std::size_t row, const std::uint64_t* other) {  // row += other
    for (std::size_t word = 0; word < words_; ++word) bits_[row * words_ + word] ^= other[word];
  }

 private:
  std::size_t words_;
  std::vector<std::uint64_t> bits_;
};

// Of n unknowns after all binary rows: pivot i is unknown pivots[i] = the sum of the used rows that mix[i]
// names, plus the free unknowns that solved[i] names.
struct BinarySolution {
  std::vector<std::uint32_t> used;    // rows that were needed, as indexes of `rows`
  std::vector<std::uint32_t> pivots;  // unknowns; as many as rows used
  std::vector<std::uint32_t> free;    // unknowns
  Bits mix, solved;                   // rows: pivots; columns: rows used; unknowns
};
BinarySolution solve_binary(const Bits& rows, std::size_t count, std::uint32_t unknowns);

// `equations` (m by n bytes over GF(2^8), row by row) * unknowns = right: the n by m matrix that gives the
// unknowns from `right`. None: the rank is below n.
std::optional<std::vector<std::uint8_t>> solve_gf256(std::vector<std::uint8_t> equations, std::size_t m,
                                                     std::size_t n);

}  // namespace edu::raptorq
