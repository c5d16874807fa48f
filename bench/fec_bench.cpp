// The erasure codes' throughput on one core, as JSON. Reed-Solomon stands beside ISA-L's bare ec_encode_data
// on the same shape, in turns within one run, since only the ratio means something on a machine that does
// other things as well. Bits are those of the source block.
#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <numeric>
#include <random>

#include <boost/json.hpp>
#include <isa-l/erasure_code.h>

#include "flute/fec/block_code.h"

using namespace edu::fec;
using Bytes = std::vector<std::uint8_t>;

namespace {

constexpr int kRounds = 15;

double seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

Bytes random_bytes(std::size_t size) {
  std::mt19937_64 random(size);
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

struct Received {
  Bytes source;
  std::vector<bool> have;
  std::vector<Bytes> symbols;
  std::vector<Repair> repair;
};

// Random source symbols are lost; as many repair symbols came, and `spare` more.
Received receive(const Oti& oti, const Block& block, const Bytes& source, std::uint32_t lost,
                 std::uint32_t spare) {
  Received received{source, std::vector<bool>(block.symbols, true), {}, {}};
  std::vector<std::uint32_t> order(block.symbols);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937_64(lost));
  for (std::uint32_t i = 0; i < lost; ++i) received.have[order[i]] = false;
  const auto encoder = make_encoder(oti, block, source);
  for (std::uint32_t i = 0; i < lost + spare; ++i) {
    received.symbols.emplace_back(oti.symbol);
    encoder->symbol(block.symbols + i, received.symbols.back());
  }
  for (std::uint32_t i = 0; i < lost + spare; ++i) {
    received.repair.push_back({block.symbols + i, received.symbols[i].data()});
  }
  return received;
}

// k source symbols, n - k repair symbols made (or as many source symbols restored), beside the bare library.
boost::json::object reed_solomon(std::uint32_t k, std::uint32_t n, std::uint16_t size) {
  const Oti oti{.encoding = Encoding::reed_solomon,
                .length = std::uint64_t{k} * size,
                .symbol = size,
                .max_block = k,
                .max_symbols = n};
  const auto block = Partition(oti).block(0);
  const auto source = random_bytes(std::size_t{k} * size);
  const auto repeats = std::max(1u, 4'000'000 / (k * size));

  Bytes matrix(n * k), tables(32 * k * (n - k)), coded((n - k) * size);
  gf_gen_rs_matrix(matrix.data(), static_cast<int>(n), static_cast<int>(k));
  ec_init_tables(static_cast<int>(k), static_cast<int>(n - k), matrix.data() + k * k, tables.data());
  std::vector<std::uint8_t*> in(k), out(n - k);
  for (std::size_t i = 0; i < k; ++i) in[i] = const_cast<std::uint8_t*>(source.data()) + i * size;
  for (std::size_t i = 0; i < n - k; ++i) out[i] = coded.data() + i * size;
  const auto bare = [&] {
    for (unsigned i = 0; i < repeats; ++i) {
      ec_encode_data(size, static_cast<int>(k), static_cast<int>(n - k), tables.data(), in.data(),
                     out.data());
    }
  };
  Encoders encoders(oti);
  const auto encode = [&] {
    for (unsigned i = 0; i < repeats; ++i) {
      const auto encoder = encoders.make(block, source);
      for (auto esi = k; esi < n; ++esi) encoder->symbol(esi, {out[esi - k], size});
    }
  };
  auto received = receive(oti, block, source, n - k, 0);
  const auto restore = [&] {
    for (unsigned i = 0; i < repeats; ++i)
      decode(oti, block, received.source, received.have, received.repair);
  };
  std::vector<double> bare_times, encode_times, decode_times, encode_ratios, decode_ratios;
  for (int round = 0; round < kRounds; ++round) {
    bare_times.push_back(seconds(bare));
    encode_times.push_back(seconds(encode));
    decode_times.push_back(seconds(restore));
    encode_ratios.push_back(bare_times.back() / encode_times.back());
    decode_ratios.push_back(bare_times.back() / decode_times.back());
  }
  const auto gbits = 8e-9 * k * size * repeats;
  return {{"code", "reed-solomon"},
          {"k", k},
          {"n", n},
          {"symbol", size},
          {"isal_gbit_s", gbits / median(bare_times)},
          {"encode_gbit_s", gbits / median(encode_times)},
          {"decode_gbit_s", gbits / median(decode_times)},
          {"encode_of_isal", median(encode_ratios)},
          {"decode_of_isal", median(decode_ratios)}};
}

boost::json::object raptorq(std::uint32_t k, std::uint16_t size, double loss) {
  const Oti oti{.encoding = Encoding::raptorq, .length = std::uint64_t{k} * size, .symbol = size};
  const auto block = Partition(oti).block(0);
  const auto source = random_bytes(std::size_t{k} * size);
  const auto lost = static_cast<std::uint32_t>(loss * k);
  auto received = receive(oti, block, source, lost, 2);
  Encoders encoders(oti);
  encoders.make(block, source);
  std::vector<double> encode_times, decode_times;
  Bytes symbol(size);
  for (int round = 0; round < kRounds; ++round) {
    encode_times.push_back(seconds([&] {
      const auto encoder = encoders.make(block, source);
      for (auto esi = k; esi < k + lost; ++esi) encoder->symbol(esi, symbol);
    }));
    decode_times.push_back(
        seconds([&] { decode(oti, block, received.source, received.have, received.repair); }));
  }
  const auto gbits = 8e-9 * k * size;
  return {{"code", "raptorq"},
          {"k", k},
          {"symbol", size},
          {"source_lost", loss},
          {"decode_gbit_s", gbits / median(decode_times)},
          {"decode_best_gbit_s", gbits / *std::min_element(decode_times.begin(), decode_times.end())},
          {"encode_gbit_s", gbits / median(encode_times)},
          {"encode_best_gbit_s", gbits / *std::min_element(encode_times.begin(), encode_times.end())}};
}

}  // namespace

int main() {
  boost::json::array results;
  for (const auto& [k, n] : {std::pair{20u, 25u}, {64u, 80u}, {223u, 255u}}) {
    results.push_back(reed_solomon(k, n, 1400));
  }
  for (const auto k : {1000u, 10'000u}) {
    for (const auto loss : {0.02, 0.1, 0.2}) results.push_back(raptorq(k, 1280, loss));
  }
  for (const auto& result : results) std::cout << boost::json::serialize(result) << '\n';
}
