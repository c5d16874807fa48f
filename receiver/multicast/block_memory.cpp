#include "receiver/multicast/block_memory.h"

#include <algorithm>

namespace edu::multicast {
namespace {

// Repair symbols are made room for in steps, so that a block with losses does not allocate once per packet.
constexpr std::size_t kRepairStep = 16;

std::size_t weight(const HotBlock& block) {
  return block.size + block.repair.capacity() + block.repair_ids.capacity() * sizeof(std::uint32_t);
}

}  // namespace

void BlockMemory::free_idle() {
  used_ -= weight(idle_.back());
  idle_.pop_back();
}

bool BlockMemory::make_room(std::size_t size) {
  while (used_ + size > most_) {
    if (!idle_.empty())
      free_idle();
    else if (!hot_.empty())
      hot_.back().owner->evict(std::prev(hot_.end()));
    else
      return false;
  }
  return true;
}

std::optional<BlockMemory::Handle> BlockMemory::take(Evicted& owner, std::uint32_t block, std::size_t size) {
  if (size > most_) return std::nullopt;
  const auto fits = [size](const HotBlock& idle) { return idle.size == size; };
  auto found = std::ranges::find_if(idle_, fits);
  if (found == idle_.end() && used_ + size > most_) {
    // Most often the victim's buffer is of the same size and goes over as it is.
    if (!hot_.empty() && idle_.empty()) hot_.back().owner->evict(std::prev(hot_.end()));
    found = std::ranges::find_if(idle_, fits);
  }
  if (found == idle_.end()) {
    if (!make_room(size)) return std::nullopt;
    idle_.emplace_front();
    found = idle_.begin();
    found->bytes = std::make_unique_for_overwrite<std::uint8_t[]>(size);
    found->size = size;
    used_ += size;
  }
  hot_.splice(hot_.begin(), idle_, found);
  found->owner = &owner;
  found->block = block;
  found->largest_repair = 0;
  found->dirty_from = UINT32_MAX;
  found->dirty_to = 0;
  return found;
}

bool BlockMemory::add_repair(Handle block, std::uint32_t esi, const std::uint8_t* bytes, std::size_t size) {
  const auto needed = block->repair.size() + size;
  if (needed > block->repair.capacity()) {
    const auto more = std::max(size * kRepairStep, block->repair.capacity());
    hot_.splice(hot_.begin(), hot_, block);
    while (used_ + more > most_) {
      if (!idle_.empty())
        free_idle();
      else if (hot_.size() > 1)
        hot_.back().owner->evict(std::prev(hot_.end()));
      else
        return false;
    }
    used_ -= weight(*block);
    block->repair.reserve(block->repair.capacity() + more);
    block->repair_ids.reserve(block->repair.capacity() / size + 1);
    used_ += weight(*block);
  }
  block->repair.insert(block->repair.end(), bytes, bytes + size);
  block->repair_ids.push_back(esi);
  block->largest_repair = std::max(block->largest_repair, esi);
  return true;
}

void BlockMemory::give_back(Handle block) {
  block->repair.clear();
  block->repair_ids.clear();
  block->spooled = 0;
  block->owner = nullptr;
  idle_.splice(idle_.begin(), hot_, block);
}

}  // namespace edu::multicast
