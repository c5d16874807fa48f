// A row with one column left gives that column its value, which takes the column from all other rows; and so
// on, as long as there is such a row. When there is none, a column is given up ("inactivated"). Which one
// decides how large the dense half becomes: rows with two columns left are edges of a graph over the columns,
// and giving up one column of a connected part makes all of that part peel. So it is one of the largest part,
// as the RFC has it; union-find keeps the parts, which is exact because parts vanish only as a whole.
#include "flute/raptorq/peeling.h"

#include <numeric>
#include <utility>

namespace edu::raptorq {

namespace {

class Peeler {
 public:
  Peeler(const SparseRows& rows, std::uint32_t width, std::uint32_t columns);
  Peeling run();

 private:
  void index_columns();
  void take(std::uint32_t column);  // out of every row
  void connect(std::uint32_t row);  // its two columns
  std::uint32_t part_of(std::uint32_t column);
  std::uint32_t column_to_give_up();
  const std::uint32_t* rows_begin(std::uint32_t column) const { return by_column_.data() + begin_[column]; }
  const std::uint32_t* rows_end(std::uint32_t column) const { return by_column_.data() + begin_[column + 1]; }

  const SparseRows& rows_;
  std::uint32_t width_;
  std::vector<std::uint32_t> begin_, by_column_;   // the rows of each column
  std::vector<std::uint32_t> left_, left_xor_;     // of each row: columns left, and their XOR
  std::vector<std::uint32_t> parent_, part_size_;  // union-find over the columns
  std::vector<std::uint32_t> waiting_;  // columns that are neither pivot nor inactive, and maybe others
  std::vector<bool> gone_, used_;       // columns; rows
  std::vector<std::uint32_t> single_;   // rows that had one column left when they came here
  Peeling peeling_;
};

Peeler::Peeler(const SparseRows& rows, std::uint32_t width, std::uint32_t columns)
    : rows_(rows),
      width_(width),
      left_(rows.rows()),
      left_xor_(rows.rows()),
      parent_(width),
      part_size_(width, 1),
      waiting_(width),
      gone_(width),
      used_(rows.rows()) {
  std::iota(parent_.begin(), parent_.end(), 0);
  std::iota(waiting_.begin(), waiting_.end(), 0);
  for (auto column = width; column < columns; ++column) peeling_.inactive.push_back(column);
  index_columns();
}

void Peeler::index_columns() {
  begin_.assign(width_ + 1, 0);
  for (std::uint32_t row = 0; row < rows_.rows(); ++row) {
    for (const auto* column = rows_.begin(row); column != rows_.end(row); ++column) {
      if (*column >= width_) continue;
      ++begin_[*column + 1];
      ++left_[row];
      left_xor_[row] ^= *column;
    }
  }
  std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
  by_column_.resize(begin_.back());
  auto next = begin_;
  for (std::uint32_t row = 0; row < rows_.rows(); ++row) {
    for (const auto* column = rows_.begin(row); column != rows_.end(row); ++column) {
      if (*column < width_) by_column_[next[*column]++] = row;
    }
  }
}

std::uint32_t Peeler::part_of(std::uint32_t column) {
  while (parent_[column] != column) column = parent_[column] = parent_[parent_[column]];
  return column;
}

void Peeler::connect(std::uint32_t row) {
  const auto* column = rows_.begin(row);
  while (*column >= width_ || gone_[*column]) ++column;
  auto one = part_of(*column), other = part_of(left_xor_[row] ^ *column);
  if (one == other) return;
  if (part_size_[one] < part_size_[other]) std::swap(one, other);
  parent_[other] = one;
  part_size_[one] += part_size_[other];
}

void Peeler::take(std::uint32_t column) {
  gone_[column] = true;
  for (const auto* row = rows_begin(column); row != rows_end(column); ++row) {
    left_xor_[*row] ^= column;
    if (--left_[*row] == 1) single_.push_back(*row);
    if (left_[*row] == 2) connect(*row);
  }
}

std::uint32_t Peeler::column_to_give_up() {
  std::erase_if(waiting_, [&](std::uint32_t column) { return gone_[column]; });
  std::uint32_t best = waiting_.front(), best_part = 0;
  for (const auto column : waiting_) {
    if (parent_[column] == column && part_size_[column] > best_part) {
      best_part = part_size_[column];
      best = column;
    }
  }
  return best;
}

Peeling Peeler::run() {
  for (std::uint32_t row = 0; row < rows_.rows(); ++row) {
    if (left_[row] == 1) single_.push_back(row);
    if (left_[row] == 2) connect(row);
  }
  for (std::uint32_t open = width_; open > 0 && peeling_.inactive.size() <= kMostInactive;) {
    if (single_.empty()) {
      const auto column = column_to_give_up();
      peeling_.inactive.push_back(column);
      take(column);
      --open;
      continue;
    }
    const auto row = single_.back();
    single_.pop_back();
    if (left_[row] != 1) continue;
    const auto column = left_xor_[row];
    used_[row] = true;
    peeling_.pivots.push_back({row, column});
    take(column);
    --open;
  }
  for (std::uint32_t row = 0; row < rows_.rows(); ++row) {
    if (!used_[row]) peeling_.left_rows.push_back(row);
  }
  return std::move(peeling_);
}

}  // namespace

Peeling peel(const SparseRows& rows, std::uint32_t width, std::uint32_t columns) {
  return Peeler(rows, width, columns).run();
}

}  // namespace edu::raptorq
