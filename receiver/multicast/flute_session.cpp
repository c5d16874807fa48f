// Packets to assemblies, assemblies to their end. What the FDT says comes in by flute_session_fdt.cpp; what
// others ask of a session is in flute_session_status.cpp.
#include "receiver/multicast/flute_session.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "receiver/multicast/leftovers.h"

namespace edu::multicast {
namespace {

constexpr milliseconds kPause{2000};  // without a packet: an object's memory and descriptors are let go
constexpr milliseconds kRetryOurFault{
    600'000};  // a full disk, too many open files: nothing that the sender did
constexpr milliseconds kDescribeAfter{10'000};  // what is received sooner needs no description on the disk

// One number for a packet, the same for its copy in the next pass.
std::uint64_t name_of(const fec::SymbolId& id) { return std::uint64_t{id.block} << 32 | id.symbol; }
std::uint64_t name_of(const flute::Toi& toi, const fec::SymbolId& id) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;  // spreads neighbouring numbers
  return (name_of(id) ^ toi.low * kOdd) * kOdd ^ toi.high;
}

std::string hex_stem(const ObjectKey& key) { return to_hex(std::span(key).first(16)); }

}  // namespace

FluteSession::FluteSession(Parts parts, std::string place, std::string shown, std::uint64_t tsi,
                           std::uint64_t& bookkeeping)
    : parts_(std::move(parts)),
      place_(std::move(place)),
      shown_(std::move(shown)),
      tsi_(tsi),
      fdts_(parts_.assembly.code),
      last_(entries_.end()),
      bookkeeping_(bookkeeping) {}

FluteSession::~FluteSession() {
  *alive_ = false;
  for (const auto& [toi, announced] : underway_)
    bookkeeping_ -= Assembly::bookkeeping(entries_.at(toi).assembly->oti());
}

ObjectKey FluteSession::key_of(const flute::Toi& toi, const Entry& entry, const fec::Oti& o,
                               bool with_md5) const {
  auto text = fmt::format("{}\n{}\n{:x}:{:x}\n{} {} {} {} {} {} {} {} {} {}\n", place_, tsi_, toi.high,
                          toi.low, static_cast<int>(o.encoding), o.instance, o.length, o.symbol, o.max_block,
                          o.max_symbols, o.blocks, o.sub_blocks, o.alignment, o.group);
  if (with_md5) text += entry.name + "\n" + (entry.md5 ? to_hex(*entry.md5) : "");
  return Sha256().update(text).finish();
}

std::optional<fec::Oti> FluteSession::oti_of_packet(const flute::Packet& packet) {
  if (packet.fti.empty()) return std::nullopt;
  const auto read = fec::read_fti(static_cast<fec::Encoding>(packet.codepoint), packet.fti);
  if (!read) return std::nullopt;
  auto good = fec::checked(*read);
  return good ? std::optional(*good) : std::nullopt;
}

void FluteSession::take(const flute::Packet& packet, const Moment& now) {
  last_packet_ = now.mono;
  if (packet.sender_current_time_ms)
    sender_ahead_ms_ = static_cast<std::int64_t>(*packet.sender_current_time_ms) - to_ms(now.wall);
  now_ = now;
  if (packet.has_toi) packet.toi.is_fdt() ? take_fdt(packet, now) : take_object(packet, now);
  if (packet.close_session && !closed_) rest();
  closed_ = packet.close_session;
}

void FluteSession::take_object(const flute::Packet& packet, const Moment& now) {
  if (last_ == entries_.end() || last_->first != packet.toi) last_ = entries_.find(packet.toi);
  if (last_ == entries_.end()) {
    const auto oti = oti_of_packet(packet);
    if (!oti || entries_.size() >= parts_.limits.entries) return hold(packet);
    make_unannounced_room(packet.toi);
    last_ = entries_.try_emplace(packet.toi).first;
    last_->second.no = parts_.next_no++;
  }
  auto& [toi, entry] = *last_;
  if (entry.over) return note_pass(packet);
  if (!entry.assembly) {
    auto oti = entry.oti;
    if (!oti) oti = oti_of_packet(packet);
    if (!oti || !begin(toi, entry, *oti, now)) return;
  }
  auto& assembly = *entry.assembly;
  if (static_cast<std::uint8_t>(assembly.oti().encoding) != packet.codepoint) {
    ++counts_.unknown_codepoint;
    return;
  }
  if (!agrees(entry, packet)) {
    ++counts_.other_oti;
    return;
  }
  entry.touched = now.mono;
  if (!feed(toi, entry, packet.payload)) return;
  if (packet.close_object && entry.assembly && !entry.finishing) entry.assembly->checkpoint();
}

bool FluteSession::feed(const flute::Toi& toi, Entry& entry, std::span<const std::uint8_t> payload) {
  const auto encoding = entry.assembly->oti().encoding;
  const auto id_size = fec::payload_id_size(encoding);
  if (entry.finishing || payload.size() <= id_size) return true;
  const auto id = fec::read_payload_id(encoding, payload);
  carousel_.saw(name_of(toi, id), now_.mono);
  entry.carousel->saw(name_of(id), now_.mono);
  entry.assembly->take(id, payload.subspan(id_size));
  return look_after(toi, entry);
}

// Of an object that is not wanted (any more): its packets still tell how long a pass is.
void FluteSession::note_pass(const flute::Packet& packet) {
  const auto encoding = static_cast<fec::Encoding>(packet.codepoint);
  if (packet.payload.size() > fec::payload_id_size(encoding))
    carousel_.saw(name_of(packet.toi, fec::read_payload_id(encoding, packet.payload)), now_.mono);
}

// Is it whole, or has it failed?
bool FluteSession::look_after(const flute::Toi& toi, Entry& entry) {
  if (entry.finishing || !entry.assembly) return true;
  if (const auto& failure = entry.assembly->failure()) return conclude(toi, entry.no, Unexpected(*failure));
  if (entry.announced && entry.assembly->whole()) finish(toi, entry);
  return true;
}

void FluteSession::hold(const flute::Packet& packet) {
  if (packet.payload.empty()) return;
  if (packet.payload.size() > parts_.limits.held_bytes) return;
  held_.push_back({packet.toi, packet.codepoint, {packet.payload.begin(), packet.payload.end()}});
  held_bytes_ += packet.payload.size() + sizeof(Held);
  while (held_bytes_ > parts_.limits.held_bytes) {
    held_bytes_ -= held_.front().payload.size() + sizeof(Held);
    held_.pop_front();
    ++counts_.not_announced;
  }
}

// For one more object of which no FDT has spoken: the oldest of them makes room.
void FluteSession::make_unannounced_room(const flute::Toi& toi) {
  if (unannounced_.size() >= parts_.limits.unannounced) {
    const auto oldest = entries_.find(unannounced_.front());
    unannounced_.pop_front();
    if (oldest != entries_.end() && !oldest->second.announced) {
      ++counts_.not_announced;
      forget(oldest);
    }
  }
  unannounced_.push_back(toi);
}

// Does the packet's EXT_FTI say what the assembly began with? It stands in every packet of many senders, so
// that bytes which agreed once are not read again.
bool FluteSession::agrees(Entry& entry, const flute::Packet& packet) {
  if (packet.fti.empty() || std::ranges::equal(packet.fti, entry.fti)) return true;
  if (oti_of_packet(packet) != entry.assembly->oti()) return false;
  entry.fti.assign(packet.fti.begin(), packet.fti.end());
  return true;
}

bool FluteSession::begin(const flute::Toi& toi, Entry& entry, const fec::Oti& oti, const Moment& now) {
  if (entry.length != 0 && entry.length != oti.length) {
    ++counts_.other_oti;
    return false;
  }
  const auto cost = Assembly::bookkeeping(oti);
  if (oti.length > most_of(entry) || cost > parts_.limits.bookkeeping)
    return refuse_size(toi, entry, oti), false;
  if (underway_.size() >= parts_.limits.underway || bookkeeping_ + cost > parts_.limits.bookkeeping) {
    ++counts_.too_many;
    return false;
  }
  const auto early = key_of(toi, entry, oti, false);
  entry.key = entry.announced ? key_of(toi, entry, oti, true) : early;
  if (parts_.done.holds(entry.key, to_ms(now.wall))) {
    entry.over = true;
    return false;
  }
  auto key = entry.key;
  const auto lies = [this](const ObjectKey& k) {
    return fs::exists(parts_.partial / (hex_stem(k) + ".map"));
  };
  if (entry.announced && !lies(key) && lies(early)) key = early;  // begun before its FDT was there
  auto stem = parts_.partial / hex_stem(key);
  if (!leaving_.empty() && leaving(stem)) return false;  // a later packet begins it
  entry.why = hindrance(oti);
  if (entry.why) ++counts_.no_code;
  entry.carousel = std::make_unique<Carousel>();
  entry.stem = std::move(stem);
  entry.described.reset();
  entry.assembly = std::make_shared<Assembly>(parts_.assembly, oti, entry.stem, key);
  entry.started = now.wall;
  if (entry.encoding == flute::ContentEncoding::none) entry.assembly->hash_on_the_way(entry.md5.has_value());
  underway_[toi] = entry.announced;
  bookkeeping_ += cost;
  entry.assembly->resume();
  return look_after(toi, entry) && entry.assembly && !entry.finishing;
}

// Larger than this station takes. One record, also where the carousel goes on for months.
void FluteSession::refuse_size(const flute::Toi& toi, Entry& entry, const fec::Oti& oti) {
  entry.over = true;
  entry.key = key_of(toi, entry, oti, true);
  if (!entry.announced || parts_.done.holds(entry.key, to_ms(now_.wall))) return;
  conclude(toi, entry.no,
           refuse("multicast.too_large",
                  {{"size", std::to_string(oti.length)}, {"most", std::to_string(most_of(entry))}}));
}

// Why what is lost of such an object cannot be computed from repair symbols here. Its source symbols are
// taken all the same: without a loss, or after enough passes, they are the whole object.
std::optional<Refusal> FluteSession::hindrance(const fec::Oti& oti) const {
  if (oti.encoding == fec::Encoding::no_code || fec::has_code(oti.encoding)) return std::nullopt;
  return Refusal{"multicast.no_code", {{"id", std::to_string(static_cast<int>(oti.encoding))}}};
}

void FluteSession::finish(const flute::Toi& toi, Entry& entry) {
  entry.finishing = true;
  Assembly::Finish what;
  what.content_encoding = entry.encoding;
  what.content_length = entry.content_length;
  what.md5 = entry.md5;
  what.most = most_of(entry);
  what.folder = parts_.ready / shown_ / entry.folder / to_hex(entry.key);
  what.name = entry.name;
  auto then = [this, alive = alive_, toi, no = entry.no](Result<Assembly::Delivered> result) {
    if (*alive) conclude(toi, no, std::move(result));
  };
  entry.assembly->finish(std::move(what), std::move(then));
}

void FluteSession::drop(Entry& entry) {
  entry.fti.clear();
  if (!entry.assembly) return;
  bookkeeping_ -= Assembly::bookkeeping(entry.assembly->oti());
  add(symbols_, entry.assembly->counts());
  entry.assembly.reset();
  entry.carousel.reset();
  entry.why.reset();
  entry.finishing = false;
}

// Removes from the disk what came of it. While a worker is not done with it nothing is begun under its stem.
void FluteSession::give_up(Entry& entry) {
  if (!entry.assembly) return;
  entry.assembly->abandon();
  if (!entry.assembly->idle()) leaving_.emplace_back(entry.stem, entry.assembly);
}

bool FluteSession::leaving(const fs::path& stem) {
  std::erase_if(leaving_, [](const auto& one) { return one.second->idle(); });
  return std::ranges::any_of(leaving_, [&](const auto& one) { return one.first == stem; });
}

void FluteSession::forget(Entries::iterator it) {
  give_up(it->second);
  drop(it->second);
  underway_.erase(it->first);
  refused_.erase(it->first);
  std::erase(unannounced_, it->first);
  if (last_ == it) last_ = entries_.end();
  entries_.erase(it);
}

// False: the entry is gone, for nobody knows what it would have been.
bool FluteSession::conclude(const flute::Toi& toi, std::int64_t no, Result<Assembly::Delivered> result) {
  const auto it = entries_.find(toi);
  if (it == entries_.end() || it->second.no != no) return true;  // another object meanwhile
  auto& entry = it->second;
  if (!entry.announced) {
    forget(it);
    return false;
  }
  Ended ended;
  ended.no = no;
  ended.key = entry.key;
  ended.session = shown_;
  ended.folder = entry.folder;
  ended.name = entry.name;
  ended.started = entry.started;
  ended.companion = entry.companion;
  if (result)
    ended.file = *std::move(result);
  else
    ended.refusal = result.error();
  if (entry.assembly) {
    ended.symbols = entry.assembly->counts();
    const bool storage = ended.refusal && ended.refusal->kind != Refusal::Kind::invalid;
    if (ended.refusal && !storage) give_up(entry);
  }
  drop(entry);
  underway_.erase(toi);
  entry.over = true;
  entry.retry = {};
  if (ended.refusal && ended.refusal->kind != Refusal::Kind::invalid)
    entry.retry = now_.mono + kRetryOurFault;
  ended.companions_left = companions_left(entry.folder);
  parts_.ended(std::move(ended));
  if (const auto next = std::move(entry.next)) announce(next->file, next->expires, now_);
  return true;
}

void FluteSession::rest() {
  for (const auto& [toi, announced] : underway_) {
    auto& entry = entries_.at(toi);
    if (entry.finishing || !entry.announced) continue;
    entry.assembly->rest();
    describe(entry);
  }
}

void FluteSession::list_open(std::vector<Open>& out) {
  for (const auto& [toi, announced] : underway_) {
    const auto& entry = entries_.at(toi);
    if (!entry.finishing && entry.assembly->file_open()) out.push_back({entry.touched, this, toi});
  }
}

void FluteSession::rest(const flute::Toi& toi) {
  auto& entry = entries_.at(toi);
  entry.assembly->rest();
  describe(entry);
  look_after(toi, entry);
}

void FluteSession::tick(const Moment& now) {
  now_ = now;
  std::erase_if(leaving_, [](const auto& one) { return one.second->idle(); });
  std::vector<flute::Toi> all;
  for (const auto& [toi, announced] : underway_) all.push_back(toi);
  for (const auto& toi : all) {
    auto& entry = entries_.at(toi);
    if (entry.finishing) continue;
    const bool pauses = now.mono - entry.touched >= kPause;
    if (pauses)
      entry.assembly->rest();
    else if (entry.announced)
      entry.assembly->checkpoint();
    if (pauses || (!entry.described && now.wall - entry.started >= kDescribeAfter)) describe(entry);
    look_after(toi, entry);
  }
  if (now.mono - last_expiry_ < milliseconds(10'000)) return;
  last_expiry_ = now.mono;
  expire(now);
}

// Beside its bytes: what it is, so that it can be recorded should nobody ever go on with it.
void FluteSession::describe(Entry& entry) {
  const auto have = entry.assembly->symbols_have();
  if (!entry.announced || have == 0 || entry.described == have) return;
  const auto& oti = entry.assembly->oti();
  About about{entry.name, shown_, entry.started, oti.length, std::min(oti.length, have * oti.symbol)};
  const auto before = entry.described ? std::nullopt : read_about(entry.stem);
  if (before) entry.started = about.started = before->started;  // of an earlier run
  entry.described = have;
  if (before == about) return;
  try {
    write_about(parts_.assembly.files, entry.stem, about);
  } catch (const std::system_error& error) {
    spdlog::warn("multicast: {}", error.what());
  }
}

bool FluteSession::holds(const fs::path& stem) const {
  return std::ranges::any_of(underway_, [&](const auto& one) { return entries_.at(one.first).stem == stem; });
}

void FluteSession::again(const ObjectKey& key) {
  for (auto& [toi, entry] : entries_)
    if (entry.key == key && !entry.assembly) entry.over = false;
}

void FluteSession::skip(const std::string& folder, const std::string& name) {
  for (auto& [toi, entry] : entries_) {
    if (entry.folder != folder || entry.name != name || entry.over || entry.finishing) continue;
    if (entry.assembly) {
      parts_.done.add(entry.key);
      give_up(entry);
    }
    drop(entry);
    underway_.erase(toi);
    entry.over = true;
  }
}

}  // namespace edu::multicast
