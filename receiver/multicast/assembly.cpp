// The symbols' way into blocks and blocks' way into the file; what is lost is computed in
// assembly_decode.cpp, and what happens once an object is whole is in assembly_finish.cpp.
#include "receiver/multicast/assembly.h"

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/diagnostics.h"
#include "receiver/multicast/assembly_impl.h"
#include "receiver/multicast/sub_blocks.h"

namespace edu::multicast {
namespace {

constexpr std::uint64_t kHashStep = 8ull << 20;  // bytes that are hashed at a time on the way

}  // namespace

void add(SymbolCounts& to, const SymbolCounts& more) {
  to.taken += more.taken;
  to.duplicate += more.duplicate;
  to.out_of_range += more.out_of_range;
  to.dropped += more.dropped;
  to.repaired += more.repaired;
}

Assembly::Assembly(Parts parts, const fec::Oti& oti, const fs::path& stem, const ObjectKey& key)
    : parts_(std::move(parts)),
      oti_(oti),
      partition_(oti),
      file_(parts_.files, stem, key, oti.symbol, partition_.symbols()),
      have_(partition_.symbols()),
      blocks_(partition_.blocks()) {
  if (!parts_.points) parts_.points = std::make_shared<Points>(parts_.code.points, true);
  for (std::uint32_t i = 0; i < partition_.blocks(); ++i) blocks_[i].try_at = block(i).symbols;
}

Assembly::~Assembly() {
  if (parts_.share) {
    parts_.share->give_back(spool_places_ * kSpoolPlace);
    parts_.share->disk() -= grown_;
  }
  for (const auto& [number, hot] : hot_) parts_.memory.give_back(hot);
}

std::uint64_t Assembly::bookkeeping(const fec::Oti& oti) {
  const fec::Partition partition(oti);
  return partition.symbols() / 8 + std::uint64_t{partition.blocks()} * sizeof(BlockState);
}

std::uint64_t Assembly::bytes_of_symbol(const fec::Block& b, std::uint32_t esi) const {
  const auto before = std::uint64_t{esi} * oti_.symbol;
  return std::min<std::uint64_t>(oti_.symbol, b.bytes > before ? b.bytes - before : 0);
}

void Assembly::fail(const std::system_error& error) {
  if (failure_) return;
  spdlog::error("multicast: {}", error.what());
  const auto code = error.code().value();
  const bool full = code == ENOSPC || code == EDQUOT;
  failure_ = Refusal{full ? "multicast.disk_full" : "multicast.storage_failed",
                     {{"what", error.code().message()}},
                     full ? Refusal::Kind::no_space : Refusal::Kind::unavailable};
}

void Assembly::resume() {
  on_disk([this] {
    auto have = file_.restore();
    if (have) restore_bits(*std::move(have));
    const auto missing = (symbols() - symbols_have_) * oti_.symbol;
    if (auto room = parts_.room(missing); !room) failure_ = room.error();
    if (!have) return;
    for (const auto& repair : file_.restore_spool(kMostSpooled)) {
      if (repair.block >= blocks_.size() || blocks_[repair.block].source == block(repair.block).symbols)
        continue;
      spooled_[repair.block].push_back(repair);
      ++blocks_[repair.block].repair;
      blocks_[repair.block].cold = true;
      ++spooled_count_;
    }
    for (const auto& [number, repair] : spooled_)  // perhaps nothing more of it ever comes
      if (blocks_[number].source + blocks_[number].repair >= blocks_[number].try_at) waiting_.insert(number);
  });
}

void Assembly::restore_bits(Bits have) {
  have_ = std::move(have);
  for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
    const auto b = block(i);
    auto& state = blocks_[i];
    state.source = static_cast<std::uint32_t>(have_.count(first_symbol(b), b.symbols));
    state.cold = state.source > 0;
    symbols_have_ += state.source;
    if (state.source == b.symbols) ++blocks_done_;
  }
  while (frontier_ < blocks_.size() && blocks_[frontier_].source == block(frontier_).symbols) ++frontier_;
}

void Assembly::go_to(std::uint32_t number) {
  at_.number = number;
  at_.block = block(number);
  at_.first = first_symbol(at_.block);
  const auto found = hot_.find(number);
  at_.is_hot = found != hot_.end();
  if (at_.is_hot) at_.hot = found->second;
}

void Assembly::take(const fec::SymbolId& id, std::span<const std::uint8_t> payload) {
  if (failure_ || abandoned_) return;
  settled_ = false;
  if (id.block >= blocks_.size() || payload.empty()) {
    ++counts_.out_of_range;
    return;
  }
  if (id.block != at_.number) go_to(id.block);
  if (at_.is_hot) parts_.memory.touch(at_.hot);
  on_disk([&] {
    for (auto esi = id.symbol; !payload.empty() && !failure_; ++esi) {
      const auto piece = payload.first(std::min<std::size_t>(payload.size(), oti_.symbol));
      payload = payload.subspan(piece.size());
      if (esi < at_.block.symbols)
        take_source(esi, piece);
      else
        take_repair(esi, piece);
    }
  });
}

// Is there memory for this block's symbols?
bool Assembly::heat() {
  if (at_.is_hot) return true;
  auto& state = blocks_[at_.number];
  if (state.cold) return false;
  const auto hot = parts_.memory.take(*this, at_.number, std::size_t{at_.block.symbols} * oti_.symbol);
  if (!hot) {
    state.cold = true;
    return false;
  }
  at_.hot = *hot;
  at_.is_hot = true;
  hot_.emplace(at_.number, *hot);
  return true;
}

void Assembly::take_source(std::uint32_t esi, std::span<const std::uint8_t> bytes) {
  auto& state = blocks_[at_.number];
  const auto bit = at_.first + esi;
  if (bytes.size() < bytes_of_symbol(at_.block, esi)) {
    ++counts_.out_of_range;
    return;
  }
  if (have_.test(bit) || state.decoding) {
    ++counts_.duplicate;
    return;
  }
  if (heat()) {
    auto* place = at_.hot->bytes.get() + std::size_t{esi} * oti_.symbol;
    std::memcpy(place, bytes.data(), bytes.size());
    std::memset(place + bytes.size(), 0, oti_.symbol - bytes.size());
    at_.hot->dirty_from = std::min(at_.hot->dirty_from, esi);
    at_.hot->dirty_to = std::max(at_.hot->dirty_to, esi + 1);
  } else if (state.cold) {
    write_symbol(at_.block, esi, bytes);
  } else {
    ++counts_.dropped;
    return;
  }
  if (failure_) return;
  have_.set(bit);
  unsaved_ = true;
  ++counts_.taken;
  ++symbols_have_;
  ++state.source;
  if (state.source < at_.block.symbols)
    maybe_decode();
  else if (at_.is_hot)
    finish_hot_block();
  else
    block_done(at_.number);
}

void Assembly::take_repair(std::uint32_t esi, std::span<const std::uint8_t> bytes) {
  auto& state = blocks_[at_.number];
  if (esi >= at_.block.encoded || bytes.size() != oti_.symbol) {
    ++counts_.out_of_range;
    return;
  }
  const bool useful = fec::has_code(oti_.encoding);  // else it would be kept for nothing
  if (state.source == at_.block.symbols || state.decoding || !useful) {
    ++counts_.duplicate;
    if (state.source == at_.block.symbols && unsure()) prove(esi, bytes);
    return;
  }
  if (heat()) {
    const auto& ids = at_.hot->repair_ids;
    // They mostly come in their order.
    const bool known = esi <= at_.hot->largest_repair && std::ranges::find(ids, esi) != ids.end();
    if (known) ++counts_.duplicate;
    if (known || !parts_.memory.add_repair(at_.hot, esi, bytes.data(), bytes.size())) {
      counts_.dropped += known ? 0 : 1;
      return;
    }
    ++state.repair;
  } else if (!spool_repair(at_.number, esi, bytes)) {
    return;
  }
  unsaved_ = true;
  ++counts_.taken;
  maybe_decode();
}

// One source symbol at its place, or at its places where the object has sub-blocks: a write for each.
void Assembly::write_symbol(const fec::Block& b, std::uint32_t esi, std::span<const std::uint8_t> bytes) {
  if (!may_grow(oti_.symbol)) return;
  if (!rearranged())
    return file_.write(b.offset + std::uint64_t{esi} * oti_.symbol, bytes.first(bytes_of_symbol(b, esi)));
  for (std::uint16_t j = 0; j < oti_.sub_blocks; ++j) {
    const auto run = fec::piece(oti_, b, esi, j);
    if (run.in_block >= b.bytes) continue;
    const auto size = std::min<std::uint64_t>(run.bytes, b.bytes - run.in_block);
    file_.write(b.offset + run.in_block, bytes.subspan(run.in_symbol, size));
  }
}

void Assembly::release(BlockMemory::Handle hot) {
  const auto number = hot->block;
  hot_.erase(number);
  if (at_.number == number) at_.is_hot = false;
  parts_.memory.give_back(hot);
}

// The symbols of a complete block at their places in the object.
void Assembly::write_block(const fec::Block& b, std::span<const std::uint8_t> symbols) {
  if (!rearranged()) return file_.write(b.offset, symbols.first(b.bytes));
  std::vector<std::uint8_t> bytes(symbols.size());
  join_sub_blocks(oti_, b, symbols, bytes);
  file_.write(b.offset, std::span(bytes).first(b.bytes));
}

void Assembly::finish_hot_block() {
  const std::span symbols(at_.hot->bytes.get(), at_.hot->size);
  if (!may_grow(at_.block.bytes)) return;
  write_block(at_.block, symbols);
  release(at_.hot);
  block_done(at_.number);
}

void Assembly::block_done(std::uint32_t number) {
  ++blocks_done_;
  if (const auto spooled = spooled_.find(number); spooled != spooled_.end()) {
    spooled_count_ -= spooled->second.size();
    spooled_.erase(spooled);
  }
  while (frontier_ < blocks_.size() && blocks_[frontier_].source == block(frontier_).symbols) ++frontier_;
  if (hash_early_ && !hashing_ && contiguous() - hashed_ >= kHashStep) hash_on();
}

std::uint64_t Assembly::contiguous() const {
  return frontier_ == blocks_.size() ? oti_.length : block(frontier_).offset;
}

void Assembly::hash_on() {
  hashing_ = true;
  const auto end = contiguous();
  background(
      Lane::compute, [this, end] { hash_to(end); }, [this] { hashing_ = false; });
}

// What came of a hot block since it was last written, each run of it with one write.
void Assembly::write_dirty_runs(HotBlock& hot) {
  const auto b = block(hot.block);
  const auto first = first_symbol(b);
  for (auto i = hot.dirty_from; i < hot.dirty_to;) {
    if (!have_.test(first + i)) {
      ++i;
      continue;
    }
    if (rearranged()) {
      write_symbol(b, i, {hot.bytes.get() + std::size_t{i} * oti_.symbol, oti_.symbol});
      ++i;
      continue;
    }
    const auto begin = i;
    while (i < hot.dirty_to && have_.test(first + i)) ++i;
    const auto from = std::uint64_t{begin} * oti_.symbol;
    const auto to = std::min<std::uint64_t>(std::uint64_t{i} * oti_.symbol, b.bytes);
    if (!may_grow(to - from)) return;
    file_.write(b.offset + from, {hot.bytes.get() + from, static_cast<std::size_t>(to - from)});
  }
  hot.dirty_from = UINT32_MAX;
  hot.dirty_to = 0;
}

void Assembly::evict(BlockMemory::Handle hot) {
  const auto number = hot->block;
  on_disk([&] { write_dirty_runs(*hot), spool_hot(*hot); });
  blocks_[number].cold = true;
  blocks_[number].repair = static_cast<std::uint32_t>(hot->spooled);
  release(hot);
}

void Assembly::checkpoint() {
  if (!waiting_.empty()) decode_waiting();  // the memory may have been another object's
  if (!unsaved_ || saving_ || failure_ || abandoned_) return;
  on_disk([this] {
    for (auto& [number, hot] : hot_) write_dirty_runs(*hot), spool_hot(*hot);
    file_.open();
  });
  if (failure_) return;
  unsaved_ = false;
  saving_ = true;
  auto save = [this, bits = std::make_shared<Bits>(have_), spool = file_.has_spool()] {
    file_.save(*bits, spool);
  };
  background(Lane::disk, std::move(save), [this] { saving_ = false; });
}

void Assembly::to_disk() {
  checkpoint();
  while (!hot_.empty()) evict(hot_.begin()->second);
  if (idle()) file_.close();
}

void Assembly::abandon() {
  abandoned_ = true;
  while (!hot_.empty()) release(hot_.begin()->second);
  if (idle() && file_.exists()) on_disk([this] { file_.remove(); });
}

std::vector<Assembly::Gap> Assembly::gaps(std::size_t most) const {
  std::vector<Gap> found;
  for (std::uint64_t i = 0; i < have_.size() && found.size() < most; ++i) {
    if (have_.test(i)) continue;
    const auto first = i;
    while (i + 1 < have_.size() && !have_.test(i + 1)) ++i;
    found.push_back({first, i});
  }
  return found;
}

fec::SymbolId Assembly::id_of(std::uint64_t symbol) const {
  std::uint32_t low = 0, high = partition_.blocks() - 1;
  while (low < high) {
    const auto middle = low + (high - low + 1) / 2;
    if (first_symbol(block(middle)) <= symbol)
      low = middle;
    else
      high = middle - 1;
  }
  return {low, static_cast<std::uint32_t>(symbol - first_symbol(block(low))), 0};
}

}  // namespace edu::multicast
