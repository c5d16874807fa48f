// An object that is not whole yet, on the disk: what was received, which symbols that is, and the repair
// symbols that could not be used so far.
//
//   <stem>.part   the object's bytes, each block at its final offset; holes where nothing came yet
//   <stem>.map    two slots, written in turn: which source symbols are in .part. Data is synced before the
//                 slot that speaks of it, and each slot has a CRC, so that one of the two always tells the
//                 truth
//   <stem>.spool  repair symbols of blocks that had to leave the memory, each with its CRC
//
// docs/formats.md has the bytes. Every operation blocks and throws std::system_error. write(), read() and
// save() may run at the same time on several threads; the others belong to the assembly's.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/files.h"
#include "base/sha256.h"
#include "receiver/multicast/bits.h"

namespace edu::multicast {

// What the files belong to: whatever may change without the object being another is not in it.
using ObjectKey = Digest;

inline fs::path with_ending(fs::path stem, const char* ending) { return stem += ending; }

struct SpooledRepair {
  std::uint32_t block = 0, symbol = 0;  // SBN and ESI
  std::uint64_t record = 0;             // its number in the spool
};

class PartialFile {
 public:
  // `symbol`: bytes of one; `symbols`: of the whole object.
  PartialFile(Files& files, fs::path stem, const ObjectKey& key, std::uint16_t symbol, std::uint64_t symbols);

  // What an earlier run left and still fits the key: the newest slot that holds. Nothing: none, and whatever
  // lay there is removed.
  std::optional<Bits> restore();
  std::vector<SpooledRepair> restore_spool(std::size_t most);

  void write(std::uint64_t offset, std::span<const std::uint8_t> bytes);
  void read(std::uint64_t offset, std::span<std::uint8_t> out) const;  // zeros where nothing was written

  // Appends one repair symbol and answers its record's number.
  std::uint64_t spool(std::uint32_t block, std::uint32_t esi, std::span<const std::uint8_t> symbol);
  void read_spooled(std::uint64_t record, std::span<std::uint8_t> out) const;

  // Makes all that was written durable, and then the statement that these symbols are there. On a worker.
  // `with_spool`: has_spool() when the symbols were counted.
  void save(const Bits& have, bool with_spool);
  bool has_spool() const { return static_cast<bool>(spool_file_); }
  void sync();  // the data alone

  const fs::path& path() const { return part_; }
  fs::path inflated() const { return fs::path(part_) += ".out"; }  // where a compressed object is inflated to
  bool exists() const { return data_there_ || map_there_ || spool_there_; }
  bool is_open() const { return static_cast<bool>(data_); }
  void open();          // makes sure that the data file is there; before a worker reads or writes
  void close();         // lets the descriptors go; the next use opens again. Nothing may be under way
  void forget_state();  // removes map and spool: the object is whole
  void remove();

 private:
  struct Slot;
  std::optional<Slot> read_slot(const Fd& map, std::size_t number) const;
  std::uint64_t slot_size() const;
  std::uint64_t record_size() const;
  void reopen(Fd& fd, bool& there, const fs::path& path);

  Files& files_;
  fs::path part_, map_, spool_, about_;  // the last: leftovers.h
  ObjectKey key_;
  std::uint16_t symbol_;
  std::uint64_t symbols_;
  Fd data_, map_file_, spool_file_;
  bool data_there_ = false, map_there_ = false, spool_there_ = false;
  std::uint64_t generation_ = 0;
  std::uint64_t records_ = 0;         // of the spool
  std::vector<std::uint8_t> record_;  // while the spool is open
};

}  // namespace edu::multicast
