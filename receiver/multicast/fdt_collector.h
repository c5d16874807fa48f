// FDT instances on their way: the packets of TOI 0 come in, the bytes of whole instances leave.
//
// Small and in memory: FDTs must be read before anything else can be, and are sent again and again. Bounded,
// for anyone can send packets with TOI 0 and a million instance numbers: the instance that waits longest is
// given up first. On the assembly's thread.
#pragma once

#include <list>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"
#include "flute/alc.h"
#include "flute/fec/block_code.h"
#include "receiver/multicast/bits.h"

namespace edu::multicast {

struct FdtBytes {
  std::uint32_t instance = 0;
  flute::ContentEncoding encoding = flute::ContentEncoding::none;
  std::vector<std::uint8_t> bytes;  // as they were sent
};

class FdtCollector {
 public:
  static constexpr std::size_t kLargest = 4 << 20;   // bytes of one instance as sent: some 15,000 files
  static constexpr std::size_t kTogether = 8 << 20;  // of all that are under way
  // Of one instance: 64 bytes each in the largest. A packet that begins an instance costs no more than that.
  static constexpr std::size_t kMostSymbols = 64 << 10;
  static constexpr std::size_t kMostInstances = 8;   // under way at once
  static constexpr std::size_t kMostRemembered = 4;  // that were read, to know them again

  explicit FdtCollector(fec::CodeSettings code) : code_(code) {}

  // One packet with TOI 0. The instance that it completes; what is known already by its number and bytes is
  // skipped, the same number with other bytes is begun again.
  std::optional<FdtBytes> take(const flute::Packet& packet);

  // Why the newest packet that could not be taken was not: fec.unknown_encoding {id}, fec.bad_oti {member,
  // …}, multicast.fdt_no_oti, multicast.fdt_too_large {most}. Nothing: since then one was read.
  const std::optional<Refusal>& why() const { return why_; }
  std::uint64_t refused() const { return refused_; }  // packets without EXT_FDT or with an OTI we cannot take
  std::size_t underway() const { return underway_.size(); }

 private:
  struct Instance {
    std::uint32_t number;
    flute::ContentEncoding encoding;
    fec::Oti oti;
    fec::Partition partition;
    std::vector<std::uint8_t> symbols;  // of all blocks, each padded to whole symbols
    Bits have;
    struct Block {
      std::uint32_t missing = 0, repair = 0;  // source symbols; repair symbols that are there
    };
    std::vector<Block> blocks;
    std::uint32_t incomplete = 0;                                                         // of the blocks
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::uint8_t>> repair;  // by block and ESI
    std::size_t weight() const;                                                           // bytes of memory
  };
  struct Known {
    std::uint32_t number;
    fec::Oti oti;
    std::vector<std::uint8_t> symbols;
  };

  Instance* find(const flute::Packet& packet);
  Instance* begin(const flute::Packet& packet, const fec::Oti& oti);
  bool known(const flute::Packet& packet);
  std::size_t total() const;
  void take_symbols(Instance& instance, const flute::Packet& packet);
  void take_repair(Instance& instance, std::uint32_t block, std::uint32_t esi,
                   std::span<const std::uint8_t> bytes);
  void try_decode(Instance& instance, std::uint32_t number);

  fec::CodeSettings code_;
  std::list<Instance> underway_;  // the newest first
  std::list<Known> known_;
  std::uint64_t refused_ = 0;
  std::optional<Refusal> why_;
};

}  // namespace edu::multicast
