// How a plan is made. In the names of RFC 6330 5.4.2.2, with its phases in another order so that every row
// stays sparse on the bytes:
//   1. Peel (peeling.h). In the pivots' order, and with the inactive columns taken as zero, each pivot's
//      symbol is a sparse sum of its received symbol and earlier pivots.
//   2. The same for the rows left over and, by their recurrence, the HDPC rows: what they still lack is a sum
//      of inactive columns. That is a dense system, solved on bits (dense.h); its solution, applied to the
//      symbols, gives the inactive columns.
//   3. Once more over the pivots in their order, now with the inactive columns' symbols: the same sparse sums
//      give the right values. This replaces the RFC's phases 4 and 5, whose rows are dense.
#include "flute/raptorq/plan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "flute/raptorq/kernels.h"

namespace edu::raptorq {

class Planner {
 public:
  Planner(const Code& code, std::span<const std::uint32_t> received)
      : code_(code), unknown_of_(code.intermediate(), kNone) {
    code.add_ldpc_rows(rows_);
    for (const auto isi : received) code.add_encoding_row(isi, rows_);
    peeling_ = peel(rows_, code.lt(), code.intermediate());
    for (std::uint32_t i = 0; i < peeling_.inactive.size(); ++i) unknown_of_[peeling_.inactive[i]] = i;
  }

  // Everything but the output. False: not enough.
  bool solve() {
    if (peeling_.inactive.size() > kMostInactive) return false;
    if (peeling_.left_rows.size() + code_.hdpc() < peeling_.inactive.size()) return false;
    make_coefficients();
    auto solution = solve_left_rows();
    if (solution.free.size() > code_.hdpc()) return false;
    std::vector<std::uint8_t> hdpc, free_from_hdpc;
    if (!solution.free.empty()) {
      hdpc = hdpc_coefficients();
      auto inverse = solve_gf256(hdpc_of_free(hdpc, solution), code_.hdpc(), solution.free.size());
      if (!inverse) return false;
      free_from_hdpc = std::move(*inverse);
    }
    plan_first_pass();
    plan_left_rows(solution);
    if (!solution.free.empty()) plan_free_columns(solution, hdpc, free_from_hdpc);
    plan_inactive_columns(solution);
    return true;
  }

  Plan finish_with(std::span<const std::uint32_t> wanted) {
    SparseRows outputs;
    for (const auto isi : wanted) code_.add_encoding_row(isi, outputs);
    std::vector<bool> needed(code_.intermediate());
    for (std::uint32_t row = 0; row < outputs.rows(); ++row) {
      for (const auto* column = outputs.begin(row); column != outputs.end(row); ++column)
        needed[*column] = true;
    }
    plan_second_pass(needed);
    for (std::uint32_t row = 0; row < outputs.rows(); ++row) {
      open(plan_.output_, row, Plan::kZero);
      for (const auto* column = outputs.begin(row); column != outputs.end(row); ++column) add(*column);
      close(plan_.output_);
    }
    return finish();
  }

  Plan finish_with_all() {
    plan_second_pass(std::vector<bool>(code_.intermediate(), true));
    for (std::uint32_t column = 0; column < code_.intermediate(); ++column) {
      open(plan_.output_, column, Plan::kZero);
      add(column);
      close(plan_.output_);
    }
    return finish();
  }

 private:
  static constexpr std::uint32_t kNone = ~0u;

  std::uint32_t unknowns() const { return static_cast<std::uint32_t>(peeling_.inactive.size()); }

  // What a row, without its pivot, holds of the inactive columns once the pivots before it are put in.
  void add_coefficients(Bits& to, std::size_t to_row, std::uint32_t row, std::uint32_t itself) {
    for (const auto* column = rows_.begin(row); column != rows_.end(row); ++column) {
      if (*column == itself) continue;
      if (unknown_of_[*column] != kNone) {
        to.add_one(to_row, unknown_of_[*column]);
      } else {
        to.add(to_row, coefficients_[*column]);
      }
    }
  }
  void make_coefficients() {
    coefficients_ = Bits(code_.intermediate(), unknowns());
    for (std::uint32_t i = 0; i < unknowns(); ++i) coefficients_.add_one(peeling_.inactive[i], i);
    for (const auto& pivot : peeling_.pivots)
      add_coefficients(coefficients_, pivot.column, pivot.row, pivot.column);
  }
  BinarySolution solve_left_rows() {
    Bits rows(peeling_.left_rows.size(), unknowns());
    for (std::size_t i = 0; i < peeling_.left_rows.size(); ++i) {
      add_coefficients(rows, i, peeling_.left_rows[i], kNone);
    }
    return solve_binary(rows, peeling_.left_rows.size(), unknowns());
  }

  std::vector<std::uint8_t> hdpc_coefficients();
  std::vector<std::uint8_t> hdpc_of_free(const std::vector<std::uint8_t>& hdpc,
                                         const BinarySolution& solution) const;
  void plan_first_pass();
  void plan_left_rows(const BinarySolution& solution);
  void plan_free_columns(const BinarySolution& solution, const std::vector<std::uint8_t>& hdpc,
                         const std::vector<std::uint8_t>& free_from_hdpc);
  void plan_inactive_columns(const BinarySolution& solution);
  void plan_second_pass(std::vector<bool> needed);
  Plan finish();

  // A row's received symbol; LDPC rows have none, their sum is zero.
  std::uint32_t input_of(std::uint32_t row) const {
    return row < code_.ldpc() ? Plan::kZero : row - code_.ldpc();
  }
  void open(std::vector<Plan::Sum>& list, std::uint32_t to, std::uint32_t first) {
    list.push_back({to, first, static_cast<std::uint32_t>(plan_.from_.size()), 0});
  }
  void add(std::uint32_t slot) { plan_.from_.push_back(slot); }
  void close(std::vector<Plan::Sum>& list) {
    list.back().count = static_cast<std::uint32_t>(plan_.from_.size()) - list.back().begin;
    plan_.sums_ += list.back().count;
  }
  // Slot `to` = (`to` +) the sum of factor(i) * slots[i] over GF(2^8), by Horner's rule over the factors'
  // bits.
  template <class Factor>
  void add_products(std::uint32_t to, const std::vector<std::uint32_t>& slots, const Factor& factor) {
    for (int bit = 7; bit >= 0; --bit) {
      open(plan_.after_hdpc_, to, bit == 7 ? Plan::kZero : Plan::kTwiceItself);
      for (std::size_t i = 0; i < slots.size(); ++i) {
        if ((factor(i) >> bit & 1) != 0) add(slots[i]);
      }
      close(plan_.after_hdpc_);
    }
  }

  const Code& code_;
  SparseRows rows_;  // LDPC, then the received symbols
  Peeling peeling_;
  std::vector<std::uint32_t> unknown_of_;  // of each column: its place among the inactive, or kNone
  Bits coefficients_{0, 0};                // of each column: what it holds of the inactive ones
  Plan plan_;
};

// The HDPC rows' coefficients of the inactive columns, row by row: the recurrence of Kernels::hdpc, on
// numbers.
std::vector<std::uint8_t> Planner::hdpc_coefficients() {
  const auto u = unknowns(), h = code_.hdpc(), last = code_.padded_symbols() + code_.ldpc() - 1;
  const auto width = (u + kLane - 1) / kLane * kLane;
  const auto words = coefficients_.words();
  std::vector<std::uint8_t> z(width), column(words * 64 + kLane), rows(h * width);
  const auto pairs = code_.hdpc_pairs();
  const auto expand = [&](std::uint32_t at) {
    for (std::size_t word = 0; word < words; ++word) {
      for (std::size_t byte = 0; byte < 8; ++byte) {
        const auto eight = coefficients_[at][word] >> (8 * byte) & 0xff;
        // Bit i of eight to the lowest bit of byte i.
        const std::uint64_t spread = ((eight * 0x8040201008040201 & 0x8080808080808080) >> 7);
        const auto ordered = __builtin_bswap64(spread);
        std::memcpy(column.data() + word * 64 + byte * 8, &ordered, 8);
      }
    }
  };
  const auto& kernel = kernels();
  for (std::uint32_t at = 0; at < last; ++at) {
    expand(at);
    kernel.hdpc(z.data(), {column.data(), width}, 0, 1, &pairs[at], {rows.data(), width}, width);
  }
  expand(last);
  const std::uint32_t the_column = 0;
  kernel.double_and_sum(z.data(), {column.data(), width}, &the_column, 1, width);
  for (std::uint32_t row = 0; row < h; ++row) {  // MT's last column: alpha^row
    for (std::size_t i = 0; i < width; ++i) rows[row * width + i] ^= z[i];
    kernel.double_and_sum(z.data(), {z.data(), width}, nullptr, 0, width);
    rows[row * width + unknown_of_[last + 1 + row]] ^= 1;  // the identity
  }
  std::vector<std::uint8_t> packed(h * u);
  for (std::uint32_t row = 0; row < h; ++row) std::copy_n(&rows[row * width], u, &packed[row * u]);
  return packed;
}

// The same for the free columns alone, after the solved ones are put in: H rows.
std::vector<std::uint8_t> Planner::hdpc_of_free(const std::vector<std::uint8_t>& hdpc,
                                                const BinarySolution& solution) const {
  const auto u = unknowns();
  const auto free = solution.free.size();
  std::vector<std::uint8_t> rows(code_.hdpc() * free);
  for (std::uint32_t row = 0; row < code_.hdpc(); ++row) {
    for (std::size_t i = 0; i < free; ++i) {
      auto& sum = rows[row * free + i];
      sum = hdpc[row * u + solution.free[i]];
      for (std::size_t pivot = 0; pivot < solution.pivots.size(); ++pivot) {
        if (solution.solved.get(pivot, solution.free[i])) sum ^= hdpc[row * u + solution.pivots[pivot]];
      }
    }
  }
  return rows;
}

void Planner::plan_first_pass() {
  auto& list = plan_.before_hdpc_;
  for (const auto& pivot : peeling_.pivots) {
    open(list, pivot.column, input_of(pivot.row));
    for (const auto* column = rows_.begin(pivot.row); column != rows_.end(pivot.row); ++column) {
      if (*column != pivot.column && unknown_of_[*column] == kNone) add(*column);
    }
    close(list);
  }
}

// Slots of what the left rows come to, L + H on; then each solved inactive column, without the free ones.
void Planner::plan_left_rows(const BinarySolution& solution) {
  const auto base = code_.intermediate() + code_.hdpc() + 1;
  plan_.slots_ = base + static_cast<std::uint32_t>(solution.used.size());
  for (std::uint32_t i = 0; i < solution.used.size(); ++i) {
    const auto row = peeling_.left_rows[solution.used[i]];
    open(plan_.before_hdpc_, base + i, input_of(row));
    for (const auto* column = rows_.begin(row); column != rows_.end(row); ++column) {
      if (unknown_of_[*column] == kNone) add(*column);
    }
    close(plan_.before_hdpc_);
  }
  for (std::size_t pivot = 0; pivot < solution.pivots.size(); ++pivot) {
    open(plan_.after_hdpc_, peeling_.inactive[solution.pivots[pivot]], Plan::kZero);
    for (std::uint32_t i = 0; i < solution.used.size(); ++i) {
      if (solution.mix.get(pivot, i)) add(base + i);
    }
    close(plan_.after_hdpc_);
  }
}

void Planner::plan_free_columns(const BinarySolution& solution, const std::vector<std::uint8_t>& hdpc,
                                const std::vector<std::uint8_t>& free_from_hdpc) {
  const auto h = code_.hdpc(), u = unknowns();
  plan_.hdpc_pairs_ = code_.hdpc_pairs();
  plan_.hdpc_slot_ = code_.intermediate();
  plan_.hdpc_rows_ = h;
  std::vector<std::uint32_t> solved, sums(h);
  for (const auto pivot : solution.pivots) solved.push_back(peeling_.inactive[pivot]);
  const auto scratch = plan_.hdpc_slot_ + h;
  for (std::uint32_t row = 0; row < h; ++row) {
    add_products(scratch, solved, [&](std::size_t i) { return hdpc[row * u + solution.pivots[i]]; });
    sums[row] = plan_.hdpc_slot_ + row;
    open(plan_.after_hdpc_, sums[row], Plan::kItself);
    add(scratch);
    close(plan_.after_hdpc_);
  }
  for (std::size_t i = 0; i < solution.free.size(); ++i) {
    add_products(peeling_.inactive[solution.free[i]], sums,
                 [&](std::size_t row) { return free_from_hdpc[i * h + row]; });
  }
}

void Planner::plan_inactive_columns(const BinarySolution& solution) {
  for (std::size_t pivot = 0; pivot < solution.pivots.size(); ++pivot) {
    open(plan_.after_hdpc_, peeling_.inactive[solution.pivots[pivot]], Plan::kItself);
    for (const auto free : solution.free) {
      if (solution.solved.get(pivot, free)) add(peeling_.inactive[free]);
    }
    close(plan_.after_hdpc_);
    if (plan_.after_hdpc_.back().count == 0) plan_.after_hdpc_.pop_back();
  }
}

// Only what the output needs, found backwards: a pivot needs what its row holds.
void Planner::plan_second_pass(std::vector<bool> needed) {
  auto& pivots = peeling_.pivots;
  for (auto pivot = pivots.rbegin(); pivot != pivots.rend(); ++pivot) {
    if (!needed[pivot->column]) continue;
    for (const auto* column = rows_.begin(pivot->row); column != rows_.end(pivot->row); ++column) {
      needed[*column] = true;
    }
  }
  for (const auto& pivot : pivots) {
    if (!needed[pivot.column]) continue;
    open(plan_.after_hdpc_, pivot.column, input_of(pivot.row));
    for (const auto* column = rows_.begin(pivot.row); column != rows_.end(pivot.row); ++column) {
      if (*column != pivot.column) add(*column);
    }
    close(plan_.after_hdpc_);
  }
}

Plan Planner::finish() {
  plan_.inactive_slots_ = peeling_.inactive;
  plan_.inactive_ = peeling_.inactive.size();
  return std::move(plan_);
}

std::optional<Plan> Plan::decoding(const Code& code, std::span<const std::uint32_t> received,
                                   std::span<const std::uint32_t> wanted) {
  Planner planner(code, received);
  if (!planner.solve()) return std::nullopt;
  return planner.finish_with(wanted);
}

std::optional<Plan> Plan::encoding(const Code& code) {
  std::vector<std::uint32_t> all(code.padded_symbols());
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  Planner planner(code, all);
  if (!planner.solve()) return std::nullopt;
  return planner.finish_with_all();
}

}  // namespace edu::raptorq
