// The equations of one block: which intermediate symbols make up an encoding symbol, and which relations the
// intermediate symbols keep among themselves. RFC 6330 5.3. Pure numbers, no symbols here.
#pragma once

#include <cstdint>
#include <vector>

#include "flute/raptorq/kernels.h"

namespace edu::raptorq {

// Rows of a binary matrix, each by the columns that hold a one.
class SparseRows {
 public:
  std::uint32_t rows() const { return static_cast<std::uint32_t>(begin_.size() - 1); }
  std::size_t ones() const { return columns_.size(); }
  const std::uint32_t* begin(std::uint32_t row) const { return columns_.data() + begin_[row]; }
  const std::uint32_t* end(std::uint32_t row) const { return columns_.data() + begin_[row + 1]; }
  std::uint32_t ones(std::uint32_t row) const { return begin_[row + 1] - begin_[row]; }
  void add(std::uint32_t column) { columns_.push_back(column); }  // to the row that end_row closes
  void end_row() { begin_.push_back(static_cast<std::uint32_t>(columns_.size())); }

 private:
  std::vector<std::uint32_t> begin_{0}, columns_;
};

// 5.3.5.1: Rand[y, i, m], 0 to m-1.
std::uint32_t random_number(std::uint32_t y, std::uint8_t i, std::uint32_t m);

struct Tuple {  // 5.3.5.4
  std::uint32_t d, a, b, d1, a1, b1;
  bool operator==(const Tuple&) const = default;
};

// The code for blocks of k source symbols, 1 <= k <= kMostSymbols.
class Code {
 public:
  explicit Code(std::uint32_t source_symbols);

  std::uint32_t source_symbols() const { return k_; }   // K
  std::uint32_t padded_symbols() const { return kp_; }  // K'
  std::uint32_t ldpc() const { return s_; }             // S
  std::uint32_t hdpc() const { return h_; }             // H
  std::uint32_t lt() const { return w_; }               // W; the columns from here on are the P inactive ones
  std::uint32_t intermediate() const { return l_; }     // L = K' + S + H
  // 5.3.1: internal symbol ID; the symbols K .. K'-1 are zeros that are never sent.
  std::uint32_t isi(std::uint32_t esi) const { return esi < k_ ? esi : esi + (kp_ - k_); }

  Tuple tuple(std::uint32_t isi) const;
  void add_encoding_row(std::uint32_t isi, SparseRows& rows) const;  // 5.3.5.3: Enc
  void add_ldpc_rows(SparseRows& rows) const;                        // 5.3.3.3: S rows
  // 5.3.3.3: the HDPC rows are MT * GAMMA | I. Of MT, column by column, the two rows that hold a one; its
  // last column, which holds the powers of alpha instead, is not in here. K' + S - 1 pairs.
  std::vector<HdpcPair> hdpc_pairs() const;

 private:
  std::uint32_t k_, kp_, j_, s_, h_, w_, l_, p_, p1_;
};

}  // namespace edu::raptorq
