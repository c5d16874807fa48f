#include "flute/raptorq/dense.h"

#include <algorithm>
#include <array>
#include <bit>

namespace edu::raptorq {

namespace {

constexpr std::uint32_t kNone = ~0u;

// First set column from `from` on; kNone: there is none.
std::uint32_t first_set(const std::uint64_t* row, std::size_t words, std::uint32_t from) {
  for (std::size_t word = from / 64; word < words; ++word) {
    auto bits = row[word];
    if (word == from / 64) bits &= ~std::uint64_t{0} << (from % 64);
    if (bits != 0) return static_cast<std::uint32_t>(word * 64 + std::countr_zero(bits));
  }
  return kNone;
}

class Elimination {
 public:
  Elimination(const Bits& rows, std::size_t count, std::uint32_t unknowns)
      : rows_(rows),
        unknowns_(unknowns),
        solution_{{},
                  {},
                  {},
                  Bits(std::min<std::size_t>(count, unknowns) + 1, unknowns),
                  Bits(std::min<std::size_t>(count, unknowns) + 1, unknowns)},
        row_of_(unknowns, kNone) {
    for (std::uint32_t row = 0; row < count && rank() < unknowns; ++row) add(row);
    reduce();
  }
  BinarySolution take() {
    for (std::uint32_t unknown = 0; unknown < unknowns_; ++unknown) {
      if (row_of_[unknown] == kNone) solution_.free.push_back(unknown);
    }
    return std::move(solution_);
  }

 private:
  std::size_t rank() const { return solution_.pivots.size(); }
  void subtract(std::size_t row, std::size_t other) {
    solution_.solved.add(row, solution_.solved[other]);
    solution_.mix.add(row, solution_.mix[other]);
  }
  // Takes what is solved already out of the row; what is left of it, if anything, solves one unknown more.
  void add(std::uint32_t row) {
    const auto at = rank();
    std::fill_n(solution_.solved[at], solution_.solved.words(), 0);
    std::fill_n(solution_.mix[at], solution_.mix.words(), 0);
    solution_.solved.add(at, rows_[row]);
    std::uint32_t unknown = first_set(solution_.solved[at], solution_.solved.words(), 0);
    while (unknown != kNone && row_of_[unknown] != kNone) {
      subtract(at, row_of_[unknown]);
      unknown = first_set(solution_.solved[at], solution_.solved.words(), unknown);
    }
    if (unknown == kNone) return;
    solution_.mix.add_one(at, at);
    row_of_[unknown] = static_cast<std::uint32_t>(at);
    solution_.used.push_back(row);
    solution_.pivots.push_back(unknown);
  }
  // From the last unknown up: what stands behind it is reduced already.
  void reduce() {
    for (auto unknown = unknowns_; unknown-- > 0;) {
      const auto row = row_of_[unknown];
      if (row == kNone) continue;
      const auto* bits = solution_.solved[row];
      const auto words = solution_.solved.words();
      for (auto next = first_set(bits, words, unknown + 1); next != kNone;
           next = first_set(bits, words, next + 1)) {
        if (row_of_[next] != kNone) subtract(row, row_of_[next]);
      }
    }
    for (std::size_t row = 0; row < rank(); ++row) {
      const auto itself = solution_.pivots[row];
      solution_.solved[row][itself / 64] &= ~(std::uint64_t{1} << (itself % 64));
    }
  }

  const Bits& rows_;
  std::uint32_t unknowns_;
  BinarySolution solution_;
  std::vector<std::uint32_t> row_of_;  // of each unknown, the row that solves it
};

// RFC 6330 5.7: products through logarithms. A dozen rows are solved with it, never symbols.
class Field {
 public:
  Field() {
    unsigned power = 1;
    for (unsigned i = 0; i < 255; ++i) {
      power_[i] = power_[i + 255] = static_cast<std::uint8_t>(power);
      log_[power] = static_cast<std::uint8_t>(i);
      power = power << 1 ^ (power >= 128 ? 0x11d : 0);
    }
  }
  std::uint8_t times(std::uint8_t a, std::uint8_t b) const {
    if (a == 0 || b == 0) return 0;
    return power_[log_[a] + log_[b]];
  }
  std::uint8_t inverse(std::uint8_t a) const { return power_[255 - log_[a]]; }

 private:
  std::array<std::uint8_t, 510> power_{};
  std::array<std::uint8_t, 256> log_{};
};

}  // namespace

BinarySolution solve_binary(const Bits& rows, std::size_t count, std::uint32_t unknowns) {
  return Elimination(rows, count, unknowns).take();
}

std::optional<std::vector<std::uint8_t>> solve_gf256(std::vector<std::uint8_t> equations, std::size_t m,
                                                     std::size_t n) {
  const Field field;
  const auto width = n + m;  // each row, and beside it how it came about
  std::vector<std::uint8_t> work(m * width);
  for (std::size_t row = 0; row < m; ++row) {
    std::copy_n(equations.data() + row * n, n, work.data() + row * width);
    work[row * width + n + row] = 1;
  }
  const auto add = [&](std::size_t to, std::size_t from, std::uint8_t factor) {
    for (std::size_t i = 0; i < width; ++i)
      work[to * width + i] ^= field.times(factor, work[from * width + i]);
  };
  for (std::size_t column = 0; column < n; ++column) {
    auto pivot = column;
    while (pivot < m && work[pivot * width + column] == 0) ++pivot;
    if (pivot >= m) return std::nullopt;
    if (pivot != column) {
      std::swap_ranges(&work[pivot * width], &work[pivot * width] + width, &work[column * width]);
    }
    const auto scale = field.inverse(work[column * width + column]);
    for (std::size_t i = 0; i < width; ++i) {
      work[column * width + i] = field.times(scale, work[column * width + i]);
    }
    for (std::size_t row = 0; row < m; ++row) {
      if (row != column) add(row, column, work[row * width + column]);
    }
  }
  std::vector<std::uint8_t> inverse(n * m);
  for (std::size_t row = 0; row < n; ++row) {
    std::copy_n(work.data() + row * width + n, m, inverse.data() + row * m);
  }
  return inverse;
}

}  // namespace edu::raptorq
