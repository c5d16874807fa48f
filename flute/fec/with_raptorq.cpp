#include <algorithm>

#include "flute/fec/raptorq_code.h"
#include "flute/raptorq/raptorq.h"

namespace edu::fec {

namespace {

class RaptorQEncoder : public BlockEncoder {
 public:
  RaptorQEncoder(std::uint32_t k, std::size_t size, std::span<const std::uint8_t> source,
                 std::shared_ptr<const raptorq::Plan> plan)
      : encoder_(k, size, source, std::move(plan)) {}
  void symbol(std::uint32_t esi, std::span<std::uint8_t> out) override { encoder_.symbol(esi, out); }

 private:
  raptorq::Encoder encoder_;
};

}  // namespace

bool has_raptorq() { return true; }

std::unique_ptr<BlockEncoder> make_raptorq_encoder(std::uint32_t k, std::size_t size,
                                                   std::span<const std::uint8_t> source, RaptorQPlan& plan) {
  if (!plan) plan = raptorq::encoding_plan(k);
  return std::make_unique<RaptorQEncoder>(k, size, source,
                                          std::static_pointer_cast<const raptorq::Plan>(plan));
}

bool decode_raptorq(std::uint32_t k, std::size_t size, std::span<std::uint8_t> source,
                    const std::vector<bool>& have, std::span<const Repair> repair) {
  std::vector<raptorq::Repair> symbols(repair.size());
  std::transform(repair.begin(), repair.end(), symbols.begin(), [](const Repair& symbol) {
    return raptorq::Repair{symbol.esi, symbol.bytes};
  });
  return raptorq::decode(k, size, source, have, symbols);
}

}  // namespace edu::fec
