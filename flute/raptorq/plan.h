// A plan: how one set of received encoding symbols gives the intermediate symbols, as a list of sums over
// symbols. It is made from the symbols' IDs alone and run on the bytes afterwards, so that one plan serves
// every block of the same shape, and the bytes are gone through a few cache-sized columns at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "flute/raptorq/code.h"
#include "flute/raptorq/dense.h"
#include "flute/raptorq/peeling.h"

namespace edu::raptorq {

// Immutable once made; any number of threads may run one plan at once.
class Plan {
 public:
  // `received`: ISIs of the symbols that `run` will be given; twice the same one is allowed. `wanted`: ISIs
  // of the symbols that `run` makes. None: the received ones do not determine the block.
  static std::optional<Plan> decoding(const Code& code, std::span<const std::uint32_t> received,
                                      std::span<const std::uint32_t> wanted);
  // Received is every source symbol and its padding, ISIs 0 .. K'-1; made are the L intermediate symbols.
  static std::optional<Plan> encoding(const Code& code);

  // inputs[i]: symbol of received[i], null for a symbol of zeros; outputs[i]: where wanted symbol i goes. All
  // of `size` bytes, in no particular alignment; no output overlaps an input.
  void run(std::span<const std::uint8_t* const> inputs, std::span<std::uint8_t* const> outputs,
           std::size_t size) const;

  std::size_t inactive() const { return inactive_; }  // columns in the dense half
  std::size_t sums() const { return sums_; }          // symbols read in all: what a run costs

 private:
  friend class Planner;
  // slot `to` = first (an input, or one of these) + the sum of `count` slots from from_[begin] on
  static constexpr std::uint32_t kZero = ~0u, kItself = ~0u - 1, kTwiceItself = ~0u - 2;
  struct Sum {
    std::uint32_t to, first, begin, count;
  };
  class Run;

  std::uint32_t slots_ = 0;                    // intermediate symbols, then scratch
  std::vector<std::uint32_t> inactive_slots_;  // zeros at the start
  std::vector<Sum> before_hdpc_, after_hdpc_, output_;
  std::vector<std::uint32_t> from_;
  std::vector<HdpcPair> hdpc_pairs_;  // empty: the HDPC rows are not needed
  std::uint32_t hdpc_slot_ = 0, hdpc_rows_ = 0;
  std::size_t inactive_ = 0, sums_ = 0;
};

}  // namespace edu::raptorq
