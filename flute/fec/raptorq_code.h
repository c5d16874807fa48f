// The RaptorQ room behind this seam, or its absence: with_raptorq.cpp or without_raptorq.cpp is built.
#pragma once

#include <memory>

#include "flute/fec/block_code.h"

namespace edu::fec {

// What RaptorQ encoders of one block size share; null until the first of them made it.
using RaptorQPlan = std::shared_ptr<const void>;

bool has_raptorq();
std::unique_ptr<BlockEncoder> make_raptorq_encoder(std::uint32_t k, std::size_t size,
                                                   std::span<const std::uint8_t> source, RaptorQPlan& plan);
bool decode_raptorq(std::uint32_t k, std::size_t size, std::span<std::uint8_t> source,
                    const std::vector<bool>& have, std::span<const Repair> repair);

}  // namespace edu::fec
