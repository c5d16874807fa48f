// One object being put together: symbols come in, in any order, over any time; the object's bytes in a
// partial file leave, and in the end its digests.
//
// A block is hot while its symbols gather in memory: once it is complete it is written at its final offset,
// in one write. Under memory pressure it turns cold: its source symbols are written to their places, its
// repair symbols to a spool, and what still comes goes there too. Counters are kept for each block; nothing
// is ever scanned. Blocks with enough symbols are decoded, and everything is hashed, on workers.
//
// On the channel's assembly thread, but for the work that it gives to Jobs; those keep it alive (shared).
// What is wrong with our storage fails the assembly: failure() says why, and nothing is taken any more.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "base/sha256.h"
#include "flute/alc.h"
#include "flute/fec/block_code.h"
#include "flute/fec/oti.h"
#include "flute/md5.h"
#include "receiver/multicast/accounts.h"
#include "receiver/multicast/bits.h"
#include "receiver/multicast/block_memory.h"
#include "receiver/multicast/jobs.h"
#include "receiver/multicast/partial_file.h"
#include "receiver/multicast/points.h"
#include "receiver/multicast/ready.h"

namespace edu::multicast {

struct SymbolCounts {
  std::uint64_t taken = 0, duplicate = 0;
  std::uint64_t out_of_range = 0;  // block or symbol number, or size, that the object does not have
  std::uint64_t dropped = 0;       // no room in memory and spool; a later pass brings them again
  std::uint64_t repaired = 0;      // source symbols that were computed from others
};
void add(SymbolCounts& to, const SymbolCounts& more);

class Assembly final : public Evicted, public std::enable_shared_from_this<Assembly> {
 public:
  struct Parts {
    Files& files;
    BlockMemory& memory;
    Jobs& jobs;
    // Refusal when so many bytes more would break into the disk's reserve.
    std::function<Result<void>(std::uint64_t bytes)> room;
    fec::CodeSettings code;
    std::optional<Accounts::Share> share = {};  // of the sender's address
    std::shared_ptr<Points> points = {};        // of the session; null: those of `code` are right
  };
  // `oti` is checked. `stem`: of the partial file. Touches no disk yet.
  Assembly(Parts parts, const fec::Oti& oti, const fs::path& stem, const ObjectKey& key);
  ~Assembly();

  // Goes on where an earlier run was. The disk's room is asked for here: a refusal fails the assembly.
  void resume();

  // What will be delivered are the very bytes that come: they are hashed while they come, with MD5 too.
  void hash_on_the_way(bool with_md5) { hash_early_ = true, want_md5_ = with_md5; }

  // One packet's symbols, `symbol` bytes each, the first of which is `id`. No allocation but once per block.
  void take(const fec::SymbolId& id, std::span<const std::uint8_t> payload);
  // Makes what was received until now durable, in the background. Cheap when there is nothing new.
  void checkpoint();
  // Nothing more comes for a while: blocks are decoded that waited for a symbol to prove the code by.
  void settle();
  // What is in memory goes to the disk, and the file is closed: of an object whose packets pause.
  void to_disk();
  void abandon();  // removes everything of it from the disk; nothing is taken any more

  // All bytes are in the file and nothing is under way.
  bool whole() const { return blocks_done_ == partition_.blocks() && underway_ == 0 && !failure_; }
  bool idle() const { return underway_ == 0; }
  const std::optional<Refusal>& failure() const { return failure_; }

  // What is delivered, once it is whole: inflated, hashed, checked, synced.
  struct Finish {
    flute::ContentEncoding content_encoding = flute::ContentEncoding::none;
    std::optional<std::uint64_t> content_length;
    std::optional<flute::Md5Digest> md5;
    std::uint64_t most = 0;  // bytes that may come out
    fs::path ready;          // where it is to lie …
    ReadyFile file;          // … as what: all but its digest
    std::string location;    // see ready.h; empty: none is kept
  };
  struct Delivered {
    fs::path path;
    Digest digest{};
    std::uint64_t size = 0;
  };
  // In the background; `then` on the assembly's thread. Refusals multicast.md5_mismatch,
  // multicast.wrong_length {declared, actual}, content.…, or what our storage says.
  void finish(Finish finish, std::function<void(Result<Delivered>)> then);

  const fec::Oti& oti() const { return oti_; }
  const SymbolCounts& counts() const { return counts_; }
  std::uint64_t symbols() const { return have_.size(); }
  std::uint64_t symbols_have() const { return symbols_have_; }
  std::uint32_t blocks_missing() const { return partition_.blocks() - blocks_done_; }
  bool file_open() const { return file_.is_open(); }

  // Runs of missing source symbols, [first, last], the first `most` of them.
  struct Gap {
    std::uint64_t first, last;
  };
  std::vector<Gap> gaps(std::size_t most) const;
  fec::SymbolId id_of(std::uint64_t symbol) const;  // of a source symbol by its number in the object

  // Bytes of bookkeeping that an object of this OTI costs, so that nobody makes us allocate without bound.
  static std::uint64_t bookkeeping(const fec::Oti& oti);

  void evict(BlockMemory::Handle block) override;

 private:
  struct BlockState {
    std::uint32_t source = 0, repair = 0;  // distinct symbols that are there
    std::uint32_t try_at = 0;              // symbols in all with which decoding is worth a try
    bool cold = false, decoding = false;
    bool ambiguous = false;  // several matrices fit what is here
  };
  struct Current {  // the block of the last packet: the next is most often of the same
    std::uint32_t number = UINT32_MAX;
    fec::Block block;
    std::uint64_t first = 0;  // its first symbol's number in the object
    bool is_hot = false;
    BlockMemory::Handle hot;
  };
  struct DecodeJob;
  struct FinishJob;
  struct Stripe;

  void go_to(std::uint32_t number);
  void take_source(std::uint32_t esi, std::span<const std::uint8_t> bytes);
  void take_repair(std::uint32_t esi, std::span<const std::uint8_t> bytes);
  bool heat();
  void write_symbol(const fec::Block& block, std::uint32_t esi, std::span<const std::uint8_t> bytes);
  bool spool_repair(std::uint32_t block, std::uint32_t esi, std::span<const std::uint8_t> bytes);
  void write_dirty_runs(HotBlock& hot);
  void spool_hot(HotBlock& hot);
  void release(BlockMemory::Handle block);
  void finish_hot_block();
  void block_done(std::uint32_t number);
  bool unsure() const { return fec::is_reed_solomon(oti_.encoding) && !parts_.points->known(); }
  void prove(std::uint32_t esi, std::span<const std::uint8_t> bytes);
  bool solve(DecodeJob& job, const fec::Oti& oti, std::span<std::uint8_t> source,
             std::span<const fec::Repair> repair);
  void maybe_decode();
  void decode_waiting();
  void decode(DecodeJob& job);
  bool decode_cold(DecodeJob& job);
  bool decode_stripe(DecodeJob& job, const Stripe& stripe);
  std::size_t stripe_width(std::size_t source, std::size_t repair) const;
  std::pair<std::uint64_t, std::size_t> place_of(const fec::Block& block, std::uint32_t esi,
                                                 const Stripe& stripe) const;
  void decode_ended(DecodeJob& job);
  void write_block(const fec::Block& block, std::span<const std::uint8_t> symbols);
  std::uint64_t contiguous() const;
  void hash_to(std::uint64_t end);
  void inflate(FinishJob& job);
  Result<Delivered> check(const FinishJob& job);
  void deliver(FinishJob& job);
  void hash_on();
  bool may_grow(std::uint64_t bytes);
  bool may_spool();
  void restore_bits(Bits have);
  fec::Block block(std::uint32_t number) const { return partition_.block(number); }
  std::uint64_t first_symbol(const fec::Block& block) const { return block.offset / oti_.symbol; }
  std::uint64_t bytes_of_symbol(const fec::Block& block, std::uint32_t esi) const;
  bool rearranged() const { return oti_.sub_blocks > 1; }
  template <class Work>
  void on_disk(Work work);
  template <class Work>
  void background(Lane lane, Work work, std::function<void()> then);
  void fail(const std::system_error& error);

  Parts parts_;
  fec::Oti oti_;
  fec::Partition partition_;
  PartialFile file_;
  Bits have_;
  std::vector<BlockState> blocks_;
  std::unordered_map<std::uint32_t, BlockMemory::Handle> hot_;
  std::unordered_map<std::uint32_t, std::vector<SpooledRepair>> spooled_;
  std::size_t spooled_count_ = 0, spool_places_ = 0;  // repair symbols there; how many are paid for
  std::uint64_t grown_ = 0;                           // bytes written, in the account
  std::set<std::uint32_t> waiting_;                   // blocks that could be decoded but for want of memory
  Current at_;

  std::uint32_t blocks_done_ = 0, frontier_ = 0;  // all blocks before the frontier are done
  std::uint64_t symbols_have_ = 0, hashed_ = 0, granted_ = 0;
  std::unique_ptr<Sha256> sha_;
  std::unique_ptr<flute::Md5> md5_;
  int underway_ = 0;
  bool unsaved_ = false, saving_ = false, hashing_ = false, abandoned_ = false;
  bool hash_early_ = false, want_md5_ = false;
  bool settled_ = false, proving_ = false;
  unsigned proofs_ = 0;
  std::optional<Refusal> failure_;
  SymbolCounts counts_;
};

}  // namespace edu::multicast
