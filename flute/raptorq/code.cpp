#include "flute/raptorq/code.h"

#include <algorithm>
#include <iterator>

#include "flute/raptorq/tables.h"

namespace edu::raptorq {

namespace {

// 5.3.5.2, table 1: degree d when v is below entry d-1 and not below the one before.
constexpr std::uint32_t kDegrees[] = {5243,    529531,  704294,  791675,  844104,  879057,  904023,  922747,
                                      937311,  948962,  958494,  966438,  973160,  978921,  983914,  988283,
                                      992138,  995565,  998631,  1001391, 1003887, 1006157, 1008229, 1010129,
                                      1011876, 1013490, 1014983, 1016370, 1017662, 1048576};

std::uint32_t degree(std::uint32_t v) {
  return static_cast<std::uint32_t>(std::upper_bound(std::begin(kDegrees), std::end(kDegrees), v) -
                                    std::begin(kDegrees)) +
         1;
}

bool is_prime(std::uint32_t n) {
  for (std::uint32_t d = 2; d * d <= n; ++d) {
    if (n % d == 0) return false;
  }
  return n > 1;
}

std::uint32_t prime_from(std::uint32_t n) {
  while (!is_prime(n)) ++n;
  return n;
}

}  // namespace

std::uint32_t random_number(std::uint32_t y, std::uint8_t i, std::uint32_t m) {
  std::uint32_t mixed = 0;
  for (unsigned byte = 0; byte < 4; ++byte) mixed ^= kRandom[byte][((y >> (8 * byte)) + i) & 0xff];
  return mixed % m;
}

Code::Code(std::uint32_t source_symbols) : k_(source_symbols) {
  const auto table = block_parameters();
  const auto& row = *std::lower_bound(table.begin(), table.end(), source_symbols,
                                      [](const auto& entry, std::uint32_t k) { return entry.k < k; });
  kp_ = row.k;
  j_ = row.systematic_index;
  s_ = row.ldpc;
  h_ = row.hdpc;
  w_ = row.lt;
  l_ = kp_ + s_ + h_;
  p_ = l_ - w_;
  p1_ = prime_from(p_);
}

Tuple Code::tuple(std::uint32_t isi) const {
  std::uint32_t factor = 53591 + j_ * 997;
  if (factor % 2 == 0) ++factor;
  const std::uint32_t y = 10267 * (j_ + 1) + isi * factor;  // mod 2^32
  Tuple t;
  t.d = std::min(degree(random_number(y, 0, 1 << 20)), w_ - 2);
  t.a = 1 + random_number(y, 1, w_ - 1);
  t.b = random_number(y, 2, w_);
  t.d1 = t.d < 4 ? 2 + random_number(isi, 3, 2) : 2;
  t.a1 = 1 + random_number(isi, 4, p1_ - 1);
  t.b1 = random_number(isi, 5, p1_);
  return t;
}

void Code::add_encoding_row(std::uint32_t isi, SparseRows& rows) const {
  auto [d, a, b, d1, a1, b1] = tuple(isi);
  for (; d > 0; --d, b = (b + a) % w_) rows.add(b);
  for (; d1 > 0; --d1, b1 = (b1 + a1) % p1_) {
    while (b1 >= p_) b1 = (b1 + a1) % p1_;
    rows.add(w_ + b1);
  }
  rows.end_row();
}

void Code::add_ldpc_rows(SparseRows& rows) const {
  std::vector<std::vector<std::uint32_t>> ldpc(s_);
  const auto b = w_ - s_;
  for (std::uint32_t column = 0; column < b; ++column) {
    const auto step = 1 + column / s_;
    for (std::uint32_t turn = 0; turn < 3; ++turn) ldpc[(column + turn * step) % s_].push_back(column);
  }
  for (std::uint32_t row = 0; row < s_; ++row) {
    for (const auto column : ldpc[row]) rows.add(column);
    rows.add(b + row);
    rows.add(w_ + row % p_);
    rows.add(w_ + (row + 1) % p_);
    rows.end_row();
  }
}

std::vector<HdpcPair> Code::hdpc_pairs() const {
  std::vector<HdpcPair> pairs(kp_ + s_ - 1);
  for (std::uint32_t column = 0; column < pairs.size(); ++column) {
    const auto first = random_number(column + 1, 6, h_);
    const auto second = (first + random_number(column + 1, 7, h_ - 1) + 1) % h_;
    pairs[column] = {static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(second)};
  }
  return pairs;
}

}  // namespace edu::raptorq
