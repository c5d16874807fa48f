#include "receiver/multicast/fdt_collector.h"

#include <algorithm>
#include <iterator>

namespace edu::multicast {
namespace {

constexpr std::size_t kRepairCost =
    144;  // bytes of heap of one repair symbol beside its own: two allocations

Refusal too_large() {
  return {"multicast.fdt_too_large", {{"most", std::to_string(FdtCollector::kLargest)}}};
}

// Without a code of ours only the source symbols count.
bool has_enough(const fec::Oti& oti, const FdtInstance::Block& block) {
  return block.missing == 0 || (fec::has_code(oti.encoding) && block.repair >= block.missing);
}

Result<fec::Oti> oti_of(const flute::Packet& packet) {
  const auto encoding = static_cast<fec::Encoding>(packet.codepoint);
  if (fec::payload_id_size(encoding) == 0)
    return refuse("fec.unknown_encoding", {{"id", std::to_string(packet.codepoint)}});
  const auto read = fec::read_fti(encoding, packet.fti);
  if (!read) return refuse("multicast.fdt_no_oti");
  auto good = fec::checked(*read);
  if (!good) return good;
  if (good->sub_blocks > 1)
    return refuse("fec.bad_oti",
                  {{"member", "N"}, {"value", std::to_string(good->sub_blocks)}, {"right", "1"}});
  if (good->length > FdtCollector::kLargest || fec::Partition(*good).symbols() > FdtCollector::kMostSymbols)
    return Unexpected(too_large());
  if (good->length == 0) return refuse("multicast.fdt_no_oti");
  return good;
}

flute::ContentEncoding encoding_of(const flute::Packet& packet) {
  const auto sent = packet.content_encoding.value_or(0);
  return sent <= 3 ? static_cast<flute::ContentEncoding>(sent) : flute::ContentEncoding::none;
}

// Where a block's symbols begin in a buffer of whole symbols: only the last block may have a short symbol, so
// that it is the block's offset in the object.
std::size_t place(const fec::Block& block, std::uint32_t esi, std::uint16_t symbol) {
  return block.offset + std::size_t{esi} * symbol;
}

}  // namespace

// Does it repeat what was read already? Then every symbol of it is the same.
bool FdtCollector::known(const flute::Packet& packet) {
  const auto it = std::ranges::find(known_, packet.fdt->instance, &Known::number);
  if (it == known_.end()) return false;
  const auto id_size = fec::payload_id_size(it->oti.encoding);
  const bool other_code = static_cast<std::uint8_t>(it->oti.encoding) != packet.codepoint;
  const auto now = packet.fti.empty() ? Result<fec::Oti>(it->oti) : oti_of(packet);
  if (other_code || !now || *now != it->oti || packet.payload.size() < id_size) {
    forget_known(it);
    return false;
  }
  const auto id = fec::read_payload_id(it->oti.encoding, packet.payload);
  const fec::Partition partition(it->oti);
  const auto bytes = packet.payload.subspan(id_size);
  if (id.block >= partition.blocks() || bytes.empty()) return true;
  const auto block = partition.block(id.block);
  if (id.symbol >= block.symbols) return true;
  const auto at = place(block, id.symbol, it->oti.symbol);
  const auto length = std::min<std::size_t>({bytes.size(), it->oti.symbol, it->oti.length - at});
  if (std::ranges::equal(bytes.first(length), std::span(it->symbols).subspan(at, length))) return true;
  forget_known(it);
  return false;
}

FdtCollector::~FdtCollector() {
  while (!underway_.empty()) drop(underway_.begin());
  while (!known_.empty()) forget_known(known_.begin());
}

void FdtCollector::forget_known(std::list<Known>::iterator known) {
  share_.give_back(known->symbols.size());
  known_.erase(known);
}

bool FdtCollector::shed() {
  if (!known_.empty()) return forget_known(std::prev(known_.end())), true;
  if (underway_.empty()) return false;
  drop(std::prev(underway_.end()));
  return true;
}

void FdtCollector::forget() {
  while (!known_.empty()) forget_known(known_.begin());
}

void FdtCollector::drop(std::list<std::shared_ptr<FdtInstance>>::iterator instance) {
  share_.give_back((*instance)->charged);
  (*instance)->charged = 0;
  underway_.erase(instance);
}

// Makes room by giving up what waits longest, which is never the instance itself.
bool FdtCollector::charge(FdtInstance& instance, std::uint64_t bytes) {
  while (!share_.take(bytes)) {
    if (underway_.empty() || underway_.back().get() == &instance) return false;
    drop(std::prev(underway_.end()));
  }
  instance.charged += bytes;
  return true;
}

std::shared_ptr<FdtInstance> FdtCollector::begin(const flute::Packet& packet, const fec::Oti& oti) {
  auto made = std::make_shared<FdtInstance>(FdtInstance{packet.fdt->instance,
                                                        encoding_of(packet),
                                                        oti,
                                                        fec::Partition(oti),
                                                        {},
                                                        {},
                                                        {},
                                                        {},
                                                        0,
                                                        false,
                                                        false,
                                                        0});
  const auto symbols = made->partition.symbols();
  const auto cost = symbols * oti.symbol + symbols / 8 +
                    made->partition.blocks() * sizeof(FdtInstance::Block) + sizeof *made;
  if (!charge(*made, cost)) {
    why_ = too_large();
    return nullptr;
  }
  made->symbols.resize(symbols * oti.symbol);
  made->have = Bits(symbols);
  made->wanting = made->partition.blocks();
  for (std::uint32_t i = 0; i < made->wanting; ++i)
    made->blocks.push_back({made->partition.block(i).symbols, 0});
  underway_.push_front(made);
  if (underway_.size() > kMostInstances) drop(std::prev(underway_.end()));
  return made;
}

std::shared_ptr<FdtInstance> FdtCollector::find(const flute::Packet& packet) {
  const auto it =
      std::ranges::find(underway_, packet.fdt->instance, [](const auto& one) { return one->number; });
  const bool there = it != underway_.end();
  if (packet.fti.empty()) return there ? *it : nullptr;
  const auto oti = oti_of(packet);
  if (!oti) {
    why_ = oti.error();
    return nullptr;
  }
  if (there && (*it)->oti == *oti) return *it;
  if (there) drop(it);
  return begin(packet, *oti);
}

std::shared_ptr<FdtInstance> FdtCollector::take(const flute::Packet& packet) {
  if (!packet.fdt) {
    ++refused_;
    return nullptr;
  }
  if (packet.payload.empty() || known(packet)) return nullptr;
  const auto instance = find(packet);
  if (!instance || static_cast<std::uint8_t>(instance->oti.encoding) != packet.codepoint) {
    ++refused_;
    return nullptr;
  }
  why_.reset();
  if (instance->with_worker) return nullptr;  // it is sent again, if that is in vain
  take_symbols(*instance, packet);
  if (instance->wanting > 0 || !instance->news) return nullptr;
  instance->with_worker = true;
  instance->news = false;
  return instance;
}

void FdtCollector::take_symbols(FdtInstance& in, const flute::Packet& packet) {
  const auto id_size = fec::payload_id_size(in.oti.encoding);
  if (packet.payload.size() < id_size) return;
  const auto id = fec::read_payload_id(in.oti.encoding, packet.payload);
  if (id.block >= in.partition.blocks()) return;
  const auto block = in.partition.block(id.block);
  auto bytes = packet.payload.subspan(id_size);
  auto& state = in.blocks[id.block];
  const bool had_enough = has_enough(in.oti, state);
  for (auto esi = id.symbol; !bytes.empty() && state.missing > 0; ++esi) {
    const auto piece = bytes.first(std::min<std::size_t>(bytes.size(), in.oti.symbol));
    bytes = bytes.subspan(piece.size());
    const auto bit = block.offset / in.oti.symbol + esi;
    if (esi < block.symbols && !in.have.test(bit)) {
      const auto at = place(block, esi, in.oti.symbol);
      if (piece.size() < std::min<std::size_t>(in.oti.symbol, in.oti.length - at)) break;
      std::ranges::copy(piece, in.symbols.begin() + static_cast<std::ptrdiff_t>(at));
      in.have.set(bit);
      --state.missing;
      in.news = true;
    } else if (esi >= block.symbols && esi < block.encoded && piece.size() == in.oti.symbol) {
      if (take_repair(in, id.block, esi, piece)) in.news = true;
    }
  }
  if (!had_enough && has_enough(in.oti, state)) --in.wanting;
}

// Beyond the account's bound it is skipped: the source symbols come again.
bool FdtCollector::take_repair(FdtInstance& in, std::uint32_t block, std::uint32_t esi,
                               std::span<const std::uint8_t> bytes) {
  if (in.repair.contains({block, esi}) || !charge(in, kRepairCost + bytes.size())) return false;
  in.repair.try_emplace({block, esi}, bytes.begin(), bytes.end());
  ++in.blocks[block].repair;
  return true;
}

bool FdtCollector::decode(FdtInstance& in, fec::CodeSettings code) {
  for (std::uint32_t number = 0; number < in.blocks.size(); ++number) {
    auto& state = in.blocks[number];
    if (state.missing == 0) continue;
    const auto begin = in.repair.lower_bound({number, 0}), end = in.repair.lower_bound({number + 1, 0});
    std::vector<fec::Repair> repair;
    for (auto one = begin; one != end; ++one) repair.push_back({one->first.second, one->second.data()});
    const auto block = in.partition.block(number);
    const auto first = block.offset / in.oti.symbol;
    std::vector<bool> have(block.symbols);
    for (std::uint32_t i = 0; i < block.symbols; ++i) have[i] = in.have.test(first + i);
    const auto source =
        std::span(in.symbols).subspan(block.offset, std::size_t{block.symbols} * in.oti.symbol);
    if (!fec::decode(in.oti, block, source, have, repair, code)) return false;
    in.have.set(first, block.symbols);
    state.missing = 0;
  }
  in.symbols.resize(in.oti.length);
  return true;
}

void FdtCollector::ended(const std::shared_ptr<FdtInstance>& instance, bool whole) {
  instance->with_worker = false;
  const auto it = std::ranges::find(underway_, instance);
  if (it == underway_.end() || !whole) return;
  auto bytes = std::move(instance->symbols);
  drop(it);
  if (!share_.take(bytes.size())) return;  // then it is read again when it comes again
  known_.push_front({instance->number, instance->oti, std::move(bytes)});
  if (known_.size() > kMostRemembered) forget_known(std::prev(known_.end()));
}

}  // namespace edu::multicast
