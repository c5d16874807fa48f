// Comes in: a source block, or what was received of one. Leaves: its encoding symbols, or the whole block.
// This file only chooses the code by the OTI and checks that the sizes agree; the codes are in
// reed_solomon.cpp and in the room raptorq/. No-Code has nothing to compute. On the caller's thread, which is
// a worker's.
#include "flute/fec/block_code.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <stdexcept>

#include "flute/fec/raptorq_code.h"
#include "flute/fec/reed_solomon.h"

namespace edu::fec {

namespace {

void check_sizes(bool agree) {
  if (!agree) throw std::invalid_argument("fec: a block's sizes do not agree");
}

class NoCodeEncoder : public BlockEncoder {
 public:
  NoCodeEncoder(std::span<const std::uint8_t> source, std::size_t size) : source_(source), size_(size) {}
  void symbol(std::uint32_t esi, std::span<std::uint8_t> out) override {
    std::memcpy(out.data(), source_.data() + esi * size_, size_);
  }

 private:
  std::span<const std::uint8_t> source_;
  std::size_t size_;
};

// All repair symbols at once, when the first is asked for: ISA-L makes several in one pass over the source.
class ReedSolomonEncoder : public BlockEncoder {
 public:
  ReedSolomonEncoder(std::span<const std::uint8_t> source, std::size_t size,
                     std::shared_ptr<const RsMatrix> matrix)
      : source_(source), size_(size), matrix_(std::move(matrix)) {}
  void symbol(std::uint32_t esi, std::span<std::uint8_t> out) override {
    const auto k = source_.size() / size_;
    if (esi >= k && repair_.empty()) make_repair();
    const auto* from = esi < k ? source_.data() + esi * size_ : repair_.data() + (esi - k) * size_;
    std::memcpy(out.data(), from, size_);
  }

 private:
  void make_repair() {
    repair_.resize(matrix_->rows() * size_);
    std::vector<const std::uint8_t*> in(source_.size() / size_);
    std::vector<std::uint8_t*> out(matrix_->rows());
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = source_.data() + i * size_;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = repair_.data() + i * size_;
    matrix_->multiply(in, out, size_);
  }

  std::span<const std::uint8_t> source_;
  std::size_t size_;
  std::shared_ptr<const RsMatrix> matrix_;
  std::vector<std::uint8_t> repair_;
};

std::shared_ptr<const RsMatrix> generator(RsPoints points, const Block& block) {
  std::vector<std::uint32_t> from(block.symbols), to(block.encoded - block.symbols);
  std::iota(from.begin(), from.end(), 0);
  std::iota(to.begin(), to.end(), block.symbols);
  return std::make_shared<RsMatrix>(points, from, to);
}

}  // namespace

struct Encoders::Prepared {
  std::uint32_t symbols, encoded;
  std::shared_ptr<const RsMatrix> matrix;
  RaptorQPlan plan;
};

Encoders::Encoders(const Oti& oti, const CodeSettings& settings) : oti_(oti), settings_(settings) {
  if (!has_code(oti.encoding)) throw std::invalid_argument("fec: no such code in this build");
}
Encoders::~Encoders() = default;

std::unique_ptr<BlockEncoder> Encoders::make(const Block& block, std::span<const std::uint8_t> source) {
  const std::size_t size = oti_.symbol;
  check_sizes(block.symbols > 0 && source.size() == block.symbols * size);
  if (oti_.encoding == Encoding::no_code) return std::make_unique<NoCodeEncoder>(source, size);
  auto known = std::find_if(prepared_.begin(), prepared_.end(), [&](const auto& prepared) {
    return prepared->symbols == block.symbols && prepared->encoded == block.encoded;
  });
  if (known == prepared_.end()) {
    if (prepared_.size() == 2) prepared_.erase(prepared_.begin());
    prepared_.push_back(std::make_unique<Prepared>(Prepared{block.symbols, block.encoded, nullptr, nullptr}));
    known = prepared_.end() - 1;
  }
  auto& prepared = **known;
  if (oti_.encoding == Encoding::raptorq) {
    return make_raptorq_encoder(block.symbols, size, source, prepared.plan);
  }
  if (!prepared.matrix) prepared.matrix = generator(settings_.points, block);
  return std::make_unique<ReedSolomonEncoder>(source, size, prepared.matrix);
}

bool is_reed_solomon(Encoding encoding) {
  return encoding == Encoding::reed_solomon || encoding == Encoding::reed_solomon_m ||
         encoding == Encoding::small_block;
}

bool makes(RsPoints points, const Oti& oti, const Block& block, std::span<const std::uint8_t> source,
           const Repair& repair) {
  const std::size_t size = oti.symbol;
  check_sizes(source.size() == block.symbols * size && repair.esi >= block.symbols &&
              repair.esi < block.encoded);
  std::vector<std::uint32_t> from(block.symbols);
  std::iota(from.begin(), from.end(), 0);
  std::vector<const std::uint8_t*> in(block.symbols);
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = source.data() + i * size;
  std::vector<std::uint8_t> made(size);
  std::uint8_t* const out = made.data();
  RsMatrix(points, from, std::span(&repair.esi, 1)).multiply(in, std::span(&out, 1), size);
  return std::equal(made.begin(), made.end(), repair.bytes);
}

bool has_code(Encoding encoding) {
  switch (encoding) {
    case Encoding::no_code:
    case Encoding::reed_solomon_m:
    case Encoding::reed_solomon:
    case Encoding::small_block:
      return true;
    case Encoding::raptorq:
      return has_raptorq();
    case Encoding::raptor:
      return false;
  }
  return false;
}

std::unique_ptr<BlockEncoder> make_encoder(const Oti& oti, const Block& block,
                                           std::span<const std::uint8_t> source,
                                           const CodeSettings& settings) {
  return Encoders(oti, settings).make(block, source);
}

bool decode(const Oti& oti, const Block& block, std::span<std::uint8_t> source, const std::vector<bool>& have,
            std::span<const Repair> repair, const CodeSettings& settings) {
  const std::size_t size = oti.symbol;
  check_sizes(source.size() == block.symbols * size && have.size() == block.symbols);
  if (std::find(have.begin(), have.end(), false) == have.end()) return true;
  switch (oti.encoding) {
    case Encoding::no_code:
    case Encoding::raptor:
      return false;
    case Encoding::raptorq:
      return decode_raptorq(block.symbols, size, source, have, repair);
    case Encoding::reed_solomon_m:
    case Encoding::reed_solomon:
    case Encoding::small_block:
      return decode_reed_solomon(settings.points, block.symbols, size, source, have, repair, block.encoded);
  }
  return false;
}

}  // namespace edu::fec
