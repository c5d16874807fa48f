// What a session answers: what is under way, when the rest is expected, what is missing; and bytes of it that
// came by another way.
#include <algorithm>

#include "receiver/multicast/flute_session.h"

namespace edu::multicast {

namespace {

using enum ObjectState;

// As the channel's rs_points in station.toml.
const char* setting_of(fec::RsPoints points) {
  switch (points) {
    case fec::RsPoints::powers:
      return "powers";
    case fec::RsPoints::zero_powers:
      return "zero_powers";
    case fec::RsPoints::integers:
      return "integers";
  }
  return "";
}

}  // namespace

Passes FluteSession::passes_of(const Object& object) const {
  Passes out;
  const auto& own = object.underway->carousel;
  out.whole = own.passes();
  out.period = own.period();
  out.basis = Passes::Basis::object;
  out.quiet = now_.mono - std::max(own.last(), std::min(object.underway->touched, now_.mono));
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

ObjectStatus FluteSession::status_of(const Object& object) const {
  ObjectStatus one;
  one.no = object.no;
  one.session = shown_;
  one.name = object.what.name;
  one.companion = object.what.companion;
  one.state = object.state;
  one.why = object.why;
  if (!object.underway) return one;
  const auto& assembly = object.assembly();
  one.started = object.underway->started;
  one.bytes = assembly.oti().length;
  one.received = std::min(one.bytes, assembly.symbols_have() * assembly.oti().symbol);
  one.blocks_missing = assembly.blocks_missing();
  one.passes = passes_of(object);
  return one;
}

// What is under way, and what cannot be received.
std::vector<ObjectStatus> FluteSession::status(std::size_t most) const {
  std::vector<ObjectStatus> out;
  for (const auto state : {finishing, receiving, held, refused, announced, failed})
    for (const auto& object : objects_.in(state)) {
      if (out.size() >= most) return out;
      if (object.underway || object.why) out.push_back(status_of(object));
    }
  for (const auto& why : skipped_) {
    if (out.size() >= most) break;
    ObjectStatus one;
    one.session = shown_;
    one.state = refused;
    if (const auto file = why.args.find("file"); file != why.args.end()) one.name = file->second;
    one.why = why;
    out.push_back(std::move(one));
  }
  return out;
}

std::vector<Note> FluteSession::notes() const {
  std::vector<Note> out;
  if (live_.sure())
    out.push_back({shown_, {"multicast.live_session", {{"count", std::to_string(counts_.live)}}}});
  if (points_->corrected())
    out.push_back({shown_, {"multicast.rs_points", {{"points", setting_of(points_->now())}}}});
  const auto waits = std::ranges::count_if(objects_.in(failed),
                                           [](const Object& one) { return one.retry != milliseconds{}; });
  if (waits > 0) out.push_back({shown_, {"multicast.waiting", {{"count", std::to_string(waits)}}}});
  if (bad_fdt_) out.push_back({shown_, *bad_fdt_});
  if (fdts_.why()) out.push_back({shown_, *fdts_.why()});
  return out;
}

std::optional<Gaps> FluteSession::gaps(std::int64_t no, std::size_t most) const {
  for (const auto& object : objects_.in(receiving)) {
    if (object.no != no) continue;
    const auto& oti = object.assembly().oti();
    Gaps gaps;
    gaps.no = no;
    gaps.session = shown_;
    gaps.folder = object.what.folder;
    gaps.name = object.what.name;
    gaps.key = object.key;
    gaps.length = oti.length;
    gaps.symbol = oti.symbol;
    gaps.md5 = object.what.md5;
    gaps.compressed = object.what.encoding != flute::ContentEncoding::none;
    gaps.rearranged = oti.sub_blocks > 1;
    gaps.passes = passes_of(object);
    gaps.runs = object.assembly().gaps(most);
    for (auto& run : gaps.runs)
      run = {run.first * oti.symbol, std::min<std::uint64_t>((run.last + 1) * oti.symbol, oti.length) - 1};
    return gaps;
  }
  return std::nullopt;
}

bool FluteSession::fill(const ObjectKey& key, std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  for (auto& object : objects_.in(receiving)) {
    if (object.key != key) continue;
    auto& assembly = object.assembly();
    const auto size = assembly.oti().symbol;
    if (assembly.oti().sub_blocks > 1) return false;
    if (offset % size != 0 || offset >= assembly.oti().length) return false;
    for (auto symbol = offset / size; !bytes.empty() && symbol < assembly.symbols(); ++symbol) {
      const auto piece = bytes.first(std::min<std::size_t>(size, bytes.size()));
      assembly.take(assembly.id_of(symbol), piece);
      bytes = bytes.subspan(piece.size());
    }
    look_after(object);
    return true;
  }
  return false;
}

}  // namespace edu::multicast
