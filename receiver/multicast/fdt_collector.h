// FDT instances on their way: the packets of TOI 0 come in, instances that can be put together leave.
//
// Small and in memory: FDTs must be read before anything else can be, and are sent again and again. Bounded,
// for anyone can send packets with TOI 0 and a million instance numbers: the instance that waits longest is
// given up first, and all of it counts in the address's account. On the assembly's thread; what is computed
// of an instance (decode) is a worker's.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"
#include "flute/alc.h"
#include "flute/fec/block_code.h"
#include "receiver/multicast/accounts.h"
#include "receiver/multicast/bits.h"

namespace edu::multicast {

// An instance on its way. While a worker has it (FdtCollector::take) it is the worker's alone.
struct FdtInstance {
  std::uint32_t number = 0;
  flute::ContentEncoding encoding = flute::ContentEncoding::none;
  fec::Oti oti;
  fec::Partition partition;
  std::vector<std::uint8_t>
      symbols;  // of all blocks, each padded to whole symbols; whole: oti.length of them
  Bits have;
  struct Block {
    std::uint32_t missing = 0, repair = 0;  // source symbols; repair symbols that are there
  };
  std::vector<Block> blocks;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::uint8_t>> repair;  // by block and ESI
  std::uint32_t wanting = 0;  // blocks that have too few symbols
  bool with_worker = false;
  bool news = false;          // a symbol came since a worker had it
  std::uint64_t charged = 0;  // bytes, in the account
};

class FdtCollector {
 public:
  static constexpr std::size_t kLargest = 4 << 20;  // bytes of one instance as sent: some 15,000 files
  // Of one instance: 64 bytes each in the largest. A packet that begins an instance costs no more than that.
  static constexpr std::size_t kMostSymbols = 64 << 10;
  static constexpr std::size_t kMostInstances = 8;   // under way at once
  static constexpr std::size_t kMostRemembered = 4;  // that were read, to know them again

  explicit FdtCollector(Accounts::Share share) : share_(std::move(share)) {}
  ~FdtCollector();

  // One packet with TOI 0. The instance that has enough symbols with it: the caller has a worker decode() it
  // and calls ended(). What is known already by its number and bytes is skipped, the same number with other
  // bytes is begun again.
  std::shared_ptr<FdtInstance> take(const flute::Packet& packet);
  // On a worker. True: `symbols` is whole and as long as it was sent. False: more must come.
  static bool decode(FdtInstance& instance, fec::CodeSettings code);
  void ended(const std::shared_ptr<FdtInstance>& instance, bool whole);
  bool shed();    // gives up what it can do without; false: nothing
  void forget();  // what was read: it is read again when it comes again

  // Why the newest packet that could not be taken was not: fec.unknown_encoding {id}, fec.bad_oti {member,
  // …}, multicast.fdt_no_oti, multicast.fdt_too_large {most}. Nothing: since then one was taken.
  const std::optional<Refusal>& why() const { return why_; }
  std::uint64_t refused() const { return refused_; }  // packets without EXT_FDT or with an OTI we cannot take
  std::size_t underway() const { return underway_.size(); }

 private:
  struct Known {
    std::uint32_t number;
    fec::Oti oti;
    std::vector<std::uint8_t> symbols;
  };

  std::shared_ptr<FdtInstance> find(const flute::Packet& packet);
  std::shared_ptr<FdtInstance> begin(const flute::Packet& packet, const fec::Oti& oti);
  bool known(const flute::Packet& packet);
  bool charge(FdtInstance& instance, std::uint64_t bytes);
  void drop(std::list<std::shared_ptr<FdtInstance>>::iterator instance);
  void forget_known(std::list<Known>::iterator known);
  void take_symbols(FdtInstance& instance, const flute::Packet& packet);
  bool take_repair(FdtInstance& instance, std::uint32_t block, std::uint32_t esi,
                   std::span<const std::uint8_t> bytes);

  Accounts::Share share_;
  std::list<std::shared_ptr<FdtInstance>> underway_;  // the newest first
  std::list<Known> known_;
  std::uint64_t refused_ = 0;
  std::optional<Refusal> why_;
};

}  // namespace edu::multicast
