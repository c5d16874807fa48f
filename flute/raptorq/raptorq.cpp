// Comes in: a block's source symbols, or what was received of them and of the repair symbols. Leaves: repair
// symbols, or the missing source symbols. The way: code.h says which intermediate symbols each symbol is the
// sum of; plan.h (with peeling.h and dense.h) turns that into a list of sums; run.cpp and the kernels do
// them. On the caller's thread, which is a worker's.
#include "flute/raptorq/raptorq.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "flute/raptorq/kernels.h"
#include "flute/raptorq/plan.h"

namespace edu::raptorq {

namespace {

// More repair symbols than this beyond the missing ones make a plan dearer and no likelier to succeed.
constexpr std::size_t kSpare = 32;

struct Received {
  std::vector<std::uint32_t> isis;
  std::vector<const std::uint8_t*> symbols;
  void add(std::uint32_t isi, const std::uint8_t* symbol) {
    isis.push_back(isi);
    symbols.push_back(symbol);
  }
};

// Those that can be used, each once, and not many more than needed.
std::vector<Repair> usable(std::uint32_t k, std::span<const Repair> repair, std::size_t needed) {
  std::vector<Repair> kept;
  std::copy_if(repair.begin(), repair.end(), std::back_inserter(kept), [&](const Repair& symbol) {
    return symbol.esi >= k && symbol.esi < kEsis && symbol.bytes != nullptr;
  });
  std::sort(kept.begin(), kept.end(), [](const Repair& a, const Repair& b) { return a.esi < b.esi; });
  kept.erase(
      std::unique(kept.begin(), kept.end(), [](const Repair& a, const Repair& b) { return a.esi == b.esi; }),
      kept.end());
  if (kept.size() > needed + kSpare) kept.resize(needed + kSpare);
  return kept;
}

}  // namespace

std::shared_ptr<const Plan> encoding_plan(std::uint32_t k) {
  if (k == 0 || k > kMostSymbols) throw std::invalid_argument("raptorq: no such block size");
  auto plan = Plan::encoding(Code(k));
  // RFC 6330 5.6 chose the systematic indices so that this is so for every K'.
  if (!plan) throw std::logic_error("raptorq: the source symbols do not determine the block");
  return std::make_shared<const Plan>(std::move(*plan));
}

Encoder::Encoder(std::uint32_t k, std::size_t size, std::span<const std::uint8_t> source,
                 std::shared_ptr<const Plan> plan)
    : k_(k), size_(size), source_(source) {
  if (!plan) plan = encoding_plan(k);
  const Code code(k);
  intermediate_.resize(code.intermediate() * size);
  std::vector<const std::uint8_t*> inputs(code.padded_symbols());
  for (std::size_t i = 0; i < k; ++i) inputs[i] = source.data() + i * size;
  std::vector<std::uint8_t*> outputs(code.intermediate());
  for (std::size_t i = 0; i < outputs.size(); ++i) outputs[i] = intermediate_.data() + i * size;
  plan->run(inputs, outputs, size);
}

void Encoder::symbol(std::uint32_t esi, std::span<std::uint8_t> out) const {
  if (esi < k_) {
    std::memcpy(out.data(), source_.data() + esi * size_, size_);
    return;
  }
  const Code code(k_);
  SparseRows row;
  code.add_encoding_row(code.isi(esi), row);
  const Slots slots{const_cast<std::uint8_t*>(intermediate_.data()), size_};
  const auto count = row.ones();
  const auto whole = size_ / kLane * kLane;
  if (whole != 0) kernels().sum(out.data(), nullptr, slots, row.begin(0), count, whole);
  for (auto at = whole; at < size_; ++at) {  // fewer than a lane
    std::uint8_t sum = 0;
    for (const auto* column = row.begin(0); column != row.end(0); ++column) sum ^= slots[*column][at];
    out[at] = sum;
  }
}

bool decode(std::uint32_t k, std::size_t size, std::span<std::uint8_t> source, const std::vector<bool>& have,
            std::span<const Repair> repair) {
  if (k == 0 || k > kMostSymbols || size == 0) return false;
  const auto missing = static_cast<std::size_t>(std::count(have.begin(), have.end(), false));
  if (missing == 0) return true;
  const auto kept = usable(k, repair, missing);
  if (kept.size() < missing) return false;
  const Code code(k);
  Received received;
  std::vector<std::uint32_t> wanted;
  std::vector<std::uint8_t*> outputs;
  for (std::uint32_t i = 0; i < k; ++i) {
    auto* symbol = source.data() + i * size;
    if (have[i]) {
      received.add(i, symbol);
    } else {
      wanted.push_back(i);
      outputs.push_back(symbol);
    }
  }
  for (auto isi = k; isi < code.padded_symbols(); ++isi) received.add(isi, nullptr);
  for (const auto& symbol : kept) received.add(code.isi(symbol.esi), symbol.bytes);
  const auto plan = Plan::decoding(code, received.isis, wanted);
  if (!plan) return false;
  plan->run(received.symbols, outputs, size);
  return true;
}

}  // namespace edu::raptorq
