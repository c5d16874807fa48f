// Which symbols of an object are sent in which order. Pure.
//
// A pass over an object is a row of stretches. Within a stretch its blocks take turns symbol by symbol, so
// that a fade takes a little of each block and not one block whole.
//
// No-Code and Reed-Solomon: window after window of blocks, source symbols and then repair; every pass the
// same. RaptorQ: window after window too, with most of the repair, so that a receiver decodes a window while
// it still has it in memory and while the next one comes; the rest of the repair at the end, of all blocks in
// turn, for those that had more losses than the others. A later pass sends repair alone, with symbols that
// were never sent before, so that whatever a receiver still lacks, the next symbols bring it.
#pragma once

#include <vector>

#include "flute/fec/oti.h"
#include "sender/settings.h"

namespace edu::send {

// The FEC OTI for an object of `length` bytes. `symbol`: the most bytes that a symbol may have. Symbols are
// cut so that the padding of the last one is a few bytes: a file of 100 bytes is one symbol of 100.
fec::Oti oti_for(Scheme scheme, std::uint64_t length, std::size_t symbol, unsigned overhead_permille);

struct Stretch {
  bool repair = false;
  std::uint32_t first_block = 0, blocks = 0;
  std::uint32_t first = 0, count = 0;  // of a repair stretch: the repair symbols of each block, from 0
  bool operator==(const Stretch&) const = default;
};

struct Interleaving {
  std::uint64_t window = 0;  // bytes of blocks that a receiver has open at a time
  std::uint64_t spool = 0;   // bytes of repair symbols at a time
  unsigned overhead_permille = 0;
};

// `next_repair`: how many repair symbols of each block went out in earlier passes (RaptorQ); it is moved on.
std::vector<Stretch> plan_pass(const fec::Oti& oti, const Interleaving& how, unsigned pass,
                               std::uint32_t& next_repair);

// How many repair symbols a block has. Reed-Solomon: those of RFC 5510 6.1.
std::uint32_t repair_symbols(const fec::Oti& oti, const fec::Block& block);

// Calls f(sbn, esi) for every symbol of a stretch, in the order of sending.
template <class F>
void each_symbol(const fec::Oti& oti, const Stretch& stretch, F f) {
  const fec::Partition partition(oti);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;  // of ESIs, for each block
  std::uint32_t longest = 0;
  for (std::uint32_t i = 0; i < stretch.blocks; ++i) {
    const auto block = partition.block(stretch.first_block + i);
    const auto most = stretch.repair ? repair_symbols(oti, block) : block.symbols;
    const auto first = std::min(stretch.first, most);
    const auto count = stretch.repair ? std::min(stretch.count, most - first) : most;
    ranges.emplace_back(stretch.repair ? block.symbols + first : 0, count);
    longest = std::max(longest, count);
  }
  for (std::uint32_t turn = 0; turn < longest; ++turn)
    for (std::uint32_t i = 0; i < stretch.blocks; ++i)
      if (turn < ranges[i].second) f(stretch.first_block + i, ranges[i].first + turn);
}

// How many packets in a row may be lost in the first pass without a block being lost.
std::uint64_t fade_packets(const fec::Oti& oti, const Interleaving& how);

// Of independent losses: the most, per mille of the packets, with which nine of ten receivers have the whole
// object after its first pass.
unsigned bearable_loss(const fec::Oti& oti, const Interleaving& how);

}  // namespace edu::send
