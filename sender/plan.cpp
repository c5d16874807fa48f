#include "sender/plan.h"

#include <algorithm>
#include <cmath>

namespace edu::send {
namespace {

constexpr std::uint64_t kAlignment = 4;        // Al: whole words, as RFC 6330 4.3 advises
constexpr std::uint64_t kRaptorQBlock = 4000;  // symbols: large enough that chance evens out, 6 MB to decode
// Of a RaptorQ pass's repair, how much goes out with its window: nine of ten blocks then have enough at an
// overhead that fits the loss, and the rest serves those few that chance was against.
constexpr std::uint64_t kWithTheWindowPermille = 900;
// Of such windows a receiver has two open: it decodes one while the other comes.
constexpr std::uint64_t kOpenWindows = 2;
constexpr std::uint64_t kMostRaptorQBlocks = 255;   // Z has 8 bits
constexpr std::uint64_t kReedSolomonSymbols = 255;  // n of GF(2^8)
constexpr std::uint64_t kNoCodeBlock = 128;  // symbols: 180 KB, a write of a size that receivers are quick at
constexpr std::uint64_t kMostNoCodeBlocks = 65'536;  // SBN has 16 bits
// A later pass of RaptorQ comes in parts of this share: each part costs the encoder a run over the object.
constexpr std::uint64_t kPartPermille = 250;

constexpr unsigned kMostLoss = 500;     // per mille; more nobody asks about
constexpr double kMostReceivers = 0.9;  // have the whole object

std::uint64_t divide_up(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }

void set_reed_solomon(fec::Oti& oti, std::uint64_t symbols, unsigned overhead_permille) {
  const auto most = std::max<std::uint64_t>(1, kReedSolomonSymbols * 1000 / (1000 + overhead_permille));
  oti.max_block = static_cast<std::uint32_t>(divide_up(symbols, divide_up(symbols, most)));
  const auto repair = divide_up(std::uint64_t{oti.max_block} * overhead_permille, 1000);
  oti.max_symbols =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(kReedSolomonSymbols, oti.max_block + repair));
}

// How many windows the object is sent in; they are alike, so that the last one bears as much as the others.
std::uint64_t windows_of(const fec::Oti& oti, const Interleaving& how, const fec::Partition& partition) {
  if (oti.encoding == fec::Encoding::no_code) return partition.blocks();  // nothing repairs: keep the order
  const auto block = std::max<std::uint64_t>(1, std::uint64_t{partition.block(0).symbols} * oti.symbol);
  const auto window = oti.encoding == fec::Encoding::raptorq ? how.window / kOpenWindows : how.window;
  const auto blocks = std::clamp<std::uint64_t>(window / block, 1, partition.blocks());
  return divide_up(partition.blocks(), blocks);
}

std::uint32_t permille_of(std::uint32_t symbols, std::uint64_t permille) {
  return static_cast<std::uint32_t>(divide_up(symbols * permille, 1000));
}

// Repair symbols of a block in the first pass.
std::uint32_t first_repair(const fec::Oti& oti, const Interleaving& how, const fec::Partition& partition) {
  const auto block = partition.block(0);
  return oti.encoding == fec::Encoding::raptorq ? permille_of(block.symbols, how.overhead_permille)
                                                : repair_symbols(oti, block);
}

// The probability that of n packets, each lost with probability p, no more than `most` are lost.
double at_most_lost(std::uint32_t n, std::uint32_t most, double p) {
  double sum = 0;
  for (std::uint32_t i = 0; i <= most && i <= n; ++i)
    sum += std::exp(std::lgamma(n + 1.0) - std::lgamma(i + 1.0) - std::lgamma(n - i + 1.0) + i * std::log(p) +
                    (n - i) * std::log1p(-p));
  return sum;
}

// Repair of all blocks in turn, in parts that fit the spool.
void add_repair(const fec::Oti& oti, const Interleaving& how, std::uint32_t count,
                std::uint64_t part_permille, std::uint32_t& next, std::vector<Stretch>& out) {
  const fec::Partition partition(oti);
  const auto symbols = partition.block(0).symbols;
  const auto round_bytes = std::uint64_t{partition.blocks()} * oti.symbol;
  const auto fits = std::max<std::uint64_t>(1, how.spool / round_bytes);
  const auto part = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(fits, std::max<std::uint32_t>(1, permille_of(symbols, part_permille))));
  const auto most = repair_symbols(oti, partition.block(0));
  while (count > 0) {
    if (next >= most) next = 0;  // all 16 million are out: begin again
    const auto now = std::min({part, count, most - next});
    out.push_back({true, 0, partition.blocks(), next, now});
    next += now;
    count -= now;
  }
}

}  // namespace

fec::Oti oti_for(Scheme scheme, std::uint64_t length, std::size_t symbol, unsigned overhead_permille) {
  const bool aligned = scheme == Scheme::raptorq;
  const auto most = std::max<std::uint64_t>(aligned ? symbol / kAlignment * kAlignment : symbol, 1);
  const auto wanted = std::max<std::uint64_t>(1, divide_up(length, most));
  auto size = std::max<std::uint64_t>(1, divide_up(length, wanted));
  if (aligned) size = divide_up(size, kAlignment) * kAlignment;
  fec::Oti oti;
  oti.length = length;
  oti.symbol = static_cast<std::uint16_t>(size);
  const auto symbols = std::max<std::uint64_t>(1, divide_up(length, size));
  switch (scheme) {
    case Scheme::none:
      oti.encoding = fec::Encoding::no_code;
      oti.max_block =
          static_cast<std::uint32_t>(std::max(kNoCodeBlock, divide_up(symbols, kMostNoCodeBlocks)));
      break;
    case Scheme::rs129:
    case Scheme::rs:
      oti.encoding = scheme == Scheme::rs ? fec::Encoding::reed_solomon : fec::Encoding::small_block;
      set_reed_solomon(oti, symbols, overhead_permille);
      break;
    case Scheme::raptorq:
      oti.encoding = fec::Encoding::raptorq;
      oti.alignment = kAlignment;
      oti.blocks =
          static_cast<std::uint16_t>(std::min(kMostRaptorQBlocks, divide_up(symbols, kRaptorQBlock)));
      break;
  }
  return oti;
}

std::uint32_t repair_symbols(const fec::Oti& oti, const fec::Block& block) {
  switch (oti.encoding) {
    case fec::Encoding::no_code:
      return 0;
    case fec::Encoding::raptorq:
      return block.encoded - block.symbols;
    default:
      return static_cast<std::uint32_t>(std::uint64_t{block.symbols} * oti.max_symbols / oti.max_block) -
             block.symbols;
  }
}

std::vector<Stretch> plan_pass(const fec::Oti& oti, const Interleaving& how, unsigned pass,
                               std::uint32_t& next_repair) {
  std::vector<Stretch> out;
  const fec::Partition partition(oti);
  if (partition.blocks() == 0) return out;
  const bool fountain = oti.encoding == fec::Encoding::raptorq;
  const auto symbols = partition.block(0).symbols;
  const auto overhead = permille_of(symbols, how.overhead_permille);
  if (fountain && pass > 0) {
    add_repair(oti, how, symbols + overhead, kPartPermille, next_repair, out);
    return out;
  }
  const auto windows = windows_of(oti, how, partition);
  const auto near = windows == 1 ? overhead : permille_of(overhead, kWithTheWindowPermille);
  for (std::uint64_t i = 0; i < windows; ++i) {
    const auto first = static_cast<std::uint32_t>(i * partition.blocks() / windows);
    const auto blocks = static_cast<std::uint32_t>((i + 1) * partition.blocks() / windows) - first;
    out.push_back({false, first, blocks, 0, 0});
    const auto repair = fountain ? near : repair_symbols(oti, partition.block(first));
    if (repair > 0) out.push_back({true, first, blocks, 0, repair});
  }
  if (!fountain) return out;
  next_repair = near;
  add_repair(oti, how, overhead - near, 1000, next_repair, out);
  return out;
}

std::uint64_t fade_packets(const fec::Oti& oti, const Interleaving& how) {
  const fec::Partition partition(oti);
  if (partition.blocks() == 0) return 0;
  return first_repair(oti, how, partition) * (partition.blocks() / windows_of(oti, how, partition));
}

unsigned bearable_loss(const fec::Oti& oti, const Interleaving& how) {
  const fec::Partition partition(oti);
  if (partition.blocks() == 0) return 0;
  const auto repair = first_repair(oti, how, partition);
  const auto sent = partition.block(0).symbols + repair;
  unsigned loss = 0;
  while (loss < kMostLoss &&
         std::pow(at_most_lost(sent, repair, (loss + 1) / 1000.0), partition.blocks()) >= kMostReceivers)
    ++loss;
  return loss;
}

}  // namespace edu::send
