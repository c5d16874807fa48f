// The disk's room, and the spool: repair symbols of blocks that had to leave the memory.
#include <algorithm>

#include "receiver/multicast/assembly.h"
#include "receiver/multicast/assembly_impl.h"

namespace edu::multicast {
namespace {

constexpr std::uint64_t kGrant = 64 << 20;  // bytes; the disk's room is asked for in such steps
constexpr std::size_t kSpoolStep = 1024;    // symbols that memory is asked for at a time

}  // namespace

// Room on the disk. Unfinished files of one address have at most half of what is free: as much as its others
// have already must be left for strangers.
bool Assembly::may_grow(std::uint64_t bytes) {
  if (granted_ >= bytes) {
    granted_ -= bytes;
    grown_ += bytes;
    if (parts_.share) parts_.share->disk() += bytes;
    return true;
  }
  const auto others = parts_.share ? parts_.share->disk() - grown_ : 0;
  if (auto room = parts_.room(kGrant + others); !room) {
    failure_ = room.error();
    return false;
  }
  granted_ += kGrant;
  return may_grow(bytes);
}

// Is there memory to remember one more spooled symbol?
bool Assembly::may_spool() {
  if (spooled_count_ < spool_places_) return true;
  if (spooled_count_ >= kMostSpooled) return false;
  if (parts_.share && !parts_.share->take(kSpoolStep * kSpoolPlace)) return false;
  spool_places_ += kSpoolStep;
  return true;
}

// A repair symbol of a cold block, or of one that turns cold.
bool Assembly::spool_repair(std::uint32_t number, std::uint32_t esi, std::span<const std::uint8_t> bytes) {
  auto& list = spooled_[number];
  const bool known = std::ranges::find(list, esi, &SpooledRepair::symbol) != list.end();
  if (known || !may_spool()) {
    ++(known ? counts_.duplicate : counts_.dropped);
    return false;
  }
  if (!may_grow(bytes.size())) return false;
  list.push_back({number, esi, file_.spool(number, esi, bytes)});
  ++spooled_count_;
  ++blocks_[number].repair;
  return true;
}

void Assembly::spool_hot(HotBlock& hot) {
  const std::span repair(hot.repair);
  for (; hot.spooled < hot.repair_ids.size() && may_spool(); ++hot.spooled) {
    if (!may_grow(oti_.symbol)) return;
    const auto esi = hot.repair_ids[hot.spooled];
    const auto symbol = repair.subspan(hot.spooled * oti_.symbol, oti_.symbol);
    spooled_[hot.block].push_back({hot.block, esi, file_.spool(hot.block, esi, symbol)});
    ++spooled_count_;
  }
}

}  // namespace edu::multicast
