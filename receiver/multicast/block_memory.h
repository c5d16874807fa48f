// The memory of blocks that are being received: a fixed number of bytes for all objects of a channel, in
// buffers that go round, and for a list of files while it is read. When it is used up, the block that was not
// touched for longest has to leave.
//
// On the assembly's thread.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace edu::multicast {

struct HotBlock {
  std::uint32_t block = 0;                // SBN
  std::unique_ptr<std::uint8_t[]> bytes;  // source symbols at their places
  std::size_t size = 0;                   // of `bytes`
  std::vector<std::uint32_t> repair_ids;  // ESIs of the repair symbols that are here …
  std::vector<std::uint8_t> repair;       // … and their bytes, one after the other
  std::size_t spooled = 0;                // so many of them are in the spool too
  std::uint32_t largest_repair = 0;       // the largest ESI among them
  // Source symbols of [dirty_from, dirty_to) came since it was last written to the file.
  std::uint32_t dirty_from = UINT32_MAX, dirty_to = 0;
  class Evicted* owner = nullptr;
};

// Whoever holds hot blocks must let them go when told.
class Evicted {
 public:
  virtual void evict(std::list<HotBlock>::iterator block) = 0;  // ends in give_back()

 protected:
  ~Evicted() = default;
};

class BlockMemory {
 public:
  using Handle = std::list<HotBlock>::iterator;

  explicit BlockMemory(std::size_t most) : most_(most) {}

  // A buffer of `size` bytes with anything in it; nothing when it does not fit, even without the others.
  std::optional<Handle> take(Evicted& owner, std::uint32_t block, std::size_t size);
  void touch(Handle block) { hot_.splice(hot_.begin(), hot_, block); }
  // Adds a repair symbol to a block; false: there is no room for it.
  bool add_repair(Handle block, std::uint32_t esi, const std::uint8_t* bytes, std::size_t size);
  // A pinned block is not evicted (it is being decoded); until it is touched again.
  void pin(Handle block) { pinned_.splice(pinned_.begin(), hot_, block); }
  void unpin(Handle block) { hot_.splice(hot_.begin(), pinned_, block); }
  void give_back(Handle block);  // one that is not pinned
  void give_back_pinned(Handle block) { unpin(block), give_back(block); }

  // Takes `size` bytes away from the blocks for something else; false: it does not fit, even without them.
  bool lend(std::size_t size) { return make_room(size) && (used_ += size, true); }
  void take_back(std::size_t size) { used_ -= size; }

  bool could_hold(std::size_t size) const { return size <= most_; }
  std::size_t used() const { return used_; }
  std::size_t most() const { return most_; }

 private:
  bool make_room(std::size_t size);
  void free_idle();

  std::size_t most_, used_ = 0;
  std::list<HotBlock> hot_, pinned_, idle_;
};

}  // namespace edu::multicast
