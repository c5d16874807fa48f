#include <stdexcept>

#include "flute/fec/raptorq_code.h"

namespace edu::fec {

bool has_raptorq() { return false; }

std::unique_ptr<BlockEncoder> make_raptorq_encoder(std::uint32_t, std::size_t, std::span<const std::uint8_t>,
                                                   RaptorQPlan&) {
  throw std::invalid_argument("RaptorQ was left out of this build");
}

bool decode_raptorq(std::uint32_t, std::size_t, std::span<std::uint8_t>, const std::vector<bool>&,
                    std::span<const Repair>) {
  return false;
}

}  // namespace edu::fec
