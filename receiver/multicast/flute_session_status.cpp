// What a session answers: what is under way, when the rest is expected, what is missing; and bytes of it that
// came by another way.
#include <algorithm>

#include "receiver/multicast/flute_session.h"

namespace edu::multicast {

Passes FluteSession::passes_of(const Entry& entry) const {
  Passes out;
  const auto& own = *entry.carousel;
  out.whole = own.passes();
  out.period = own.period();
  out.basis = Passes::Basis::object;
  out.quiet = now_.mono - std::max(own.last(), std::min(entry.touched, now_.mono));
  if (out.period == milliseconds{}) {
    out.period = carousel_.period();
    out.basis = out.period == milliseconds{} ? Passes::Basis::none : Passes::Basis::session;
  }
  if (const auto window = own.next(now_.mono, out.period)) {
    out.from = now_.wall + (window->from - now_.mono);
    out.until = now_.wall + (window->until - now_.mono);
  }
  return out;
}

ObjectStatus FluteSession::status_of(const Entry& entry) const {
  ObjectStatus one;
  one.no = entry.no;
  one.session = shown_;
  one.name = entry.name;
  one.companion = entry.companion;
  one.started = entry.started;
  one.why = entry.why;
  if (!entry.assembly) return one;
  const auto& assembly = *entry.assembly;
  one.state = entry.finishing ? ObjectState::finishing : ObjectState::receiving;
  one.bytes = assembly.oti().length;
  one.received = std::min(one.bytes, assembly.symbols_have() * assembly.oti().symbol);
  one.blocks_missing = assembly.blocks_missing();
  one.passes = passes_of(entry);
  return one;
}

std::vector<ObjectStatus> FluteSession::status(std::size_t most) const {
  std::vector<ObjectStatus> out;
  for (const auto& [toi, announced] : underway_) {
    if (out.size() >= most) break;
    out.push_back(status_of(entries_.at(toi)));
  }
  for (const auto& toi : refused_) {
    if (out.size() >= most) break;
    if (const auto it = entries_.find(toi); it != entries_.end() && it->second.why)
      out.push_back(status_of(it->second));
  }
  for (const auto& why : skipped_) {
    if (out.size() >= most) break;
    ObjectStatus one;
    one.session = shown_;
    if (const auto file = why.args.find("file"); file != why.args.end()) one.name = file->second;
    one.why = why;
    out.push_back(std::move(one));
  }
  return out;
}

std::optional<Gaps> FluteSession::gaps(std::int64_t no, std::size_t most) const {
  for (const auto& [toi, announced] : underway_) {
    const auto& entry = entries_.at(toi);
    if (entry.no != no || !announced || entry.finishing) continue;
    const auto& oti = entry.assembly->oti();
    Gaps gaps;
    gaps.no = no;
    gaps.session = shown_;
    gaps.folder = entry.folder;
    gaps.name = entry.name;
    gaps.key = entry.key;
    gaps.length = oti.length;
    gaps.symbol = oti.symbol;
    gaps.md5 = entry.md5;
    gaps.compressed = entry.encoding != flute::ContentEncoding::none;
    gaps.rearranged = oti.sub_blocks > 1;
    gaps.passes = passes_of(entry);
    gaps.runs = entry.assembly->gaps(most);
    for (auto& run : gaps.runs)
      run = {run.first * oti.symbol, std::min<std::uint64_t>((run.last + 1) * oti.symbol, oti.length) - 1};
    return gaps;
  }
  return std::nullopt;
}

bool FluteSession::fill(const ObjectKey& key, std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  for (const auto& [toi, announced] : underway_) {
    auto& entry = entries_.at(toi);
    if (entry.key != key || entry.finishing || !announced) continue;
    const auto size = entry.assembly->oti().symbol;
    if (entry.assembly->oti().sub_blocks > 1) return false;
    if (offset % size != 0 || offset >= entry.assembly->oti().length) return false;
    for (auto symbol = offset / size; !bytes.empty() && symbol < entry.assembly->symbols(); ++symbol) {
      const auto piece = bytes.first(std::min<std::size_t>(size, bytes.size()));
      entry.assembly->take(entry.assembly->id_of(symbol), piece);
      bytes = bytes.subspan(piece.size());
    }
    const auto where = toi;
    look_after(where, entry);
    return true;
  }
  return false;
}

}  // namespace edu::multicast
