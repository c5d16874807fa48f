#include "flute/fec/reed_solomon.h"

#include <algorithm>
#include <array>

#include <isa-l/erasure_code.h>

namespace edu::fec {

namespace {

constexpr unsigned kOrder = 255;    // of alpha
constexpr std::size_t kTable = 32;  // bytes that ISA-L keeps of a factor

struct Logarithms {
  std::array<std::uint8_t, 256> log{};  // of 0: 0, which adds nothing to a product
  std::array<std::uint8_t, 3 * kOrder> power{};
};

constexpr Logarithms make_logarithms() {
  Logarithms made;
  unsigned power = 1;
  for (unsigned i = 0; i < kOrder; ++i) {
    for (unsigned turn = 0; turn < 3; ++turn)
      made.power[i + turn * kOrder] = static_cast<std::uint8_t>(power);
    made.log[power] = static_cast<std::uint8_t>(i);
    power = power << 1 ^ (power >= 128 ? 0x11d : 0);
  }
  return made;
}
constexpr Logarithms kField = make_logarithms();

std::uint8_t point_of(RsPoints points, std::uint32_t esi) {
  switch (points) {
    case RsPoints::powers:
      return kField.power[esi % kOrder];
    case RsPoints::zero_powers:
      return esi == 0 ? 0 : kField.power[(esi - 1) % kOrder];
    case RsPoints::integers:
      return static_cast<std::uint8_t>(esi);
  }
  return 0;
}

std::vector<std::uint8_t> points_of(RsPoints points, std::span<const std::uint32_t> esis) {
  std::vector<std::uint8_t> all(esis.size());
  std::transform(esis.begin(), esis.end(), all.begin(), [&](auto esi) { return point_of(points, esi); });
  return all;
}

// The logarithm of the product of (x - y) over all `others` but x itself.
unsigned log_of_distances(std::uint8_t x, std::span<const std::uint8_t> others) {
  unsigned sum = 0;
  for (const auto other : others) sum += kField.log[x ^ other];
  return sum % kOrder;
}

// Lagrange: the factor of y_j for the value at x is the product of (x - y_l) / (y_j - y_l) over all l but j.
std::vector<std::uint8_t> lagrange(std::span<const std::uint8_t> from, std::span<const std::uint8_t> to) {
  std::vector<unsigned> below(from.size());
  std::transform(from.begin(), from.end(), below.begin(), [&](auto y) { return log_of_distances(y, from); });
  std::vector<std::uint8_t> factors;
  factors.reserve(from.size() * to.size());
  for (const auto x : to) {
    const auto above = log_of_distances(x, from);
    for (std::size_t j = 0; j < from.size(); ++j) {
      factors.push_back(kField.power[above + 2 * kOrder - below[j] - kField.log[x ^ from[j]]]);
    }
  }
  return factors;
}

}  // namespace

RsMatrix::RsMatrix(RsPoints points, std::span<const std::uint32_t> from, std::span<const std::uint32_t> to)
    : rows_(to.size()),
      columns_(from.size()),
      tables_(std::make_unique_for_overwrite<std::uint8_t[]>(rows_ * columns_ * kTable)) {
  auto factors = lagrange(points_of(points, from), points_of(points, to));
  ec_init_tables(static_cast<int>(columns_), static_cast<int>(rows_), factors.data(), tables_.get());
}

void RsMatrix::multiply(std::span<const std::uint8_t* const> in, std::span<std::uint8_t* const> out,
                        std::size_t size) const {
  // ISA-L's interface knows no const; it writes to `out` and its targets alone.
  std::vector<std::uint8_t*> from(in.size()), to(out.begin(), out.end());
  std::transform(in.begin(), in.end(), from.begin(), [](auto* at) { return const_cast<std::uint8_t*>(at); });
  ec_encode_data(static_cast<int>(size), static_cast<int>(columns_), static_cast<int>(rows_), tables_.get(),
                 from.data(), to.data());
}

bool decode_reed_solomon(RsPoints points, std::uint32_t k, std::size_t size, std::span<std::uint8_t> source,
                         const std::vector<bool>& have, std::span<const Repair> repair,
                         std::uint32_t encoded) {
  std::vector<std::uint32_t> from, to;
  std::vector<const std::uint8_t*> in;
  std::vector<std::uint8_t*> out;
  for (std::uint32_t esi = 0; esi < k; ++esi) {
    auto* symbol = source.data() + esi * size;
    if (have[esi]) {
      from.push_back(esi);
      in.push_back(symbol);
    } else {
      to.push_back(esi);
      out.push_back(symbol);
    }
  }
  std::vector<bool> taken(encoded);
  for (const auto& symbol : repair) {
    if (from.size() == k) break;
    if (symbol.bytes == nullptr || symbol.esi < k || symbol.esi >= encoded || taken[symbol.esi]) continue;
    taken[symbol.esi] = true;
    from.push_back(symbol.esi);
    in.push_back(symbol.bytes);
  }
  if (from.size() < k) return false;
  if (!to.empty()) RsMatrix(points, from, to).multiply(in, out, size);
  return true;
}

}  // namespace edu::fec
