#include "receiver/multicast/fdt_collector.h"

#include <algorithm>
#include <numeric>

namespace edu::multicast {
namespace {

constexpr std::size_t kRepairCost =
    144;  // bytes of heap of one repair symbol beside its own: two allocations

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
  const bool large =
      good->length > FdtCollector::kLargest || fec::Partition(*good).symbols() > FdtCollector::kMostSymbols;
  if (large) return refuse("multicast.fdt_too_large", {{"most", std::to_string(FdtCollector::kLargest)}});
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
    known_.erase(it);
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
  known_.erase(it);
  return false;
}

std::size_t FdtCollector::Instance::weight() const {
  return symbols.size() + blocks.size() * sizeof(Block) + repair.size() * (kRepairCost + oti.symbol);
}

std::size_t FdtCollector::total() const {
  return std::transform_reduce(underway_.begin(), underway_.end(), std::size_t{0}, std::plus<>(),
                               [](const Instance& one) { return one.weight(); });
}

FdtCollector::Instance* FdtCollector::begin(const flute::Packet& packet, const fec::Oti& oti) {
  Instance instance{packet.fdt->instance, encoding_of(packet), oti, fec::Partition(oti), {}, {}, {}, 0, {}};
  const auto symbols = instance.partition.symbols();
  if (symbols * oti.symbol > kTogether) return nullptr;
  instance.symbols.resize(symbols * oti.symbol);
  instance.have = Bits(symbols);
  instance.incomplete = instance.partition.blocks();
  for (std::uint32_t i = 0; i < instance.incomplete; ++i)
    instance.blocks.push_back({instance.partition.block(i).symbols, 0});
  underway_.push_front(std::move(instance));
  while (underway_.size() > kMostInstances || (underway_.size() > 1 && total() > kTogether))
    underway_.pop_back();
  return &underway_.front();
}

FdtCollector::Instance* FdtCollector::find(const flute::Packet& packet) {
  const auto it = std::ranges::find(underway_, packet.fdt->instance, &Instance::number);
  const bool there = it != underway_.end();
  if (packet.fti.empty()) return there ? &*it : nullptr;
  const auto oti = oti_of(packet);
  if (!oti) {
    why_ = oti.error();
    return nullptr;
  }
  if (there && it->oti == *oti) return &*it;
  if (there) underway_.erase(it);
  return begin(packet, *oti);
}

std::optional<FdtBytes> FdtCollector::take(const flute::Packet& packet) {
  if (!packet.fdt) {
    ++refused_;
    return std::nullopt;
  }
  if (packet.payload.empty() || known(packet)) return std::nullopt;
  auto* instance = find(packet);
  if (!instance || static_cast<std::uint8_t>(instance->oti.encoding) != packet.codepoint) {
    ++refused_;
    return std::nullopt;
  }
  why_.reset();
  take_symbols(*instance, packet);
  if (instance->incomplete > 0) return std::nullopt;
  auto& bytes = instance->symbols;
  bytes.resize(instance->oti.length);
  FdtBytes whole{instance->number, instance->encoding, bytes};
  known_.push_front({instance->number, instance->oti, std::move(bytes)});
  if (known_.size() > kMostRemembered) known_.pop_back();
  underway_.remove_if([&](const Instance& one) { return one.number == whole.instance; });
  return whole;
}

void FdtCollector::take_symbols(Instance& in, const flute::Packet& packet) {
  const auto id_size = fec::payload_id_size(in.oti.encoding);
  if (packet.payload.size() < id_size) return;
  const auto id = fec::read_payload_id(in.oti.encoding, packet.payload);
  if (id.block >= in.partition.blocks()) return;
  const auto block = in.partition.block(id.block);
  auto bytes = packet.payload.subspan(id_size);
  auto& state = in.blocks[id.block];
  for (auto esi = id.symbol; !bytes.empty() && state.missing > 0; ++esi) {
    const auto piece = bytes.first(std::min<std::size_t>(bytes.size(), in.oti.symbol));
    bytes = bytes.subspan(piece.size());
    const auto bit = block.offset / in.oti.symbol + esi;
    if (esi < block.symbols && !in.have.test(bit)) {
      const auto at = place(block, esi, in.oti.symbol);
      if (piece.size() < std::min<std::size_t>(in.oti.symbol, in.oti.length - at)) return;
      std::ranges::copy(piece, in.symbols.begin() + static_cast<std::ptrdiff_t>(at));
      in.have.set(bit);
      if (--state.missing == 0) --in.incomplete;
    } else if (esi >= block.symbols && esi < block.encoded && piece.size() == in.oti.symbol) {
      take_repair(in, id.block, esi, piece);
    }
  }
  try_decode(in, id.block);
}

// Beyond the memory's bound it is skipped: the source symbols come again.
void FdtCollector::take_repair(Instance& in, std::uint32_t block, std::uint32_t esi,
                               std::span<const std::uint8_t> bytes) {
  if (in.repair.contains({block, esi}) || total() > kTogether) return;
  in.repair.try_emplace({block, esi}, bytes.begin(), bytes.end());
  ++in.blocks[block].repair;
}

void FdtCollector::try_decode(Instance& in, std::uint32_t number) {
  auto& state = in.blocks[number];
  if (state.missing == 0 || state.repair < state.missing || !fec::has_code(in.oti.encoding)) return;
  const auto begin = in.repair.lower_bound({number, 0}), end = in.repair.lower_bound({number + 1, 0});
  std::vector<fec::Repair> repair;
  for (auto one = begin; one != end; ++one) repair.push_back({one->first.second, one->second.data()});
  const auto block = in.partition.block(number);
  const auto first = block.offset / in.oti.symbol;
  std::vector<bool> have(block.symbols);
  for (std::uint32_t i = 0; i < block.symbols; ++i) have[i] = in.have.test(first + i);
  const auto source = std::span(in.symbols).subspan(block.offset, std::size_t{block.symbols} * in.oti.symbol);
  if (!fec::decode(in.oti, block, source, have, repair, code_)) return;
  in.have.set(first, block.symbols);
  in.repair.erase(begin, end);
  state = {};
  --in.incomplete;
}

}  // namespace edu::multicast
