// Packets to assemblies, assemblies to their end. What the FDT says comes in by flute_session_fdt.cpp; what
// is asked of a session is in flute_session_status.cpp.
#include "receiver/multicast/flute_session.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/retry.h"
#include "receiver/multicast/leftovers.h"

namespace edu::multicast {
namespace {

using enum ObjectState;

constexpr milliseconds kPause{2000};  // without a packet: an object's memory and descriptors are let go
// After a fault of the station's own (a full disk, too many open files): the first is often over at once.
constexpr BackOff kRetryOurFault{milliseconds(2000), std::chrono::minutes(10)};
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
                           Accounts::Share share)
    : parts_(std::move(parts)),
      place_(std::move(place)),
      shown_(std::move(shown)),
      tsi_(tsi),
      fdts_(share),
      share_(share),
      points_(std::make_shared<Points>(parts_.assembly.code.points)) {
  parts_.assembly.points = points_;
  parts_.assembly.share = share_;
}

FluteSession::~FluteSession() {
  share_.give_back(held_bytes_);
  *alive_ = false;
  for (const auto* object : objects_.all()) share_.give_back(cost_of(*object));
}

ObjectKey FluteSession::key_of(const Object& object, const fec::Oti& o, bool with_md5) const {
  auto text = fmt::format("{}\n{}\n{:x}:{:x}\n{} {} {} {} {} {} {} {}\n", place_, tsi_, object.toi.high,
                          object.toi.low, static_cast<int>(o.encoding), o.instance, o.length, o.symbol,
                          fec::Partition(o).blocks(), o.sub_blocks, o.alignment, o.group);
  if (with_md5) text += object.what.name + "\n" + (object.what.md5 ? to_hex(*object.what.md5) : "");
  return Sha256().update(text).finish();
}

bool FluteSession::has_partial(const ObjectKey& key) const {
  std::error_code unknown;  // whether it is there: then it is begun, which says what is wrong
  return fs::exists(parts_.partial / (hex_stem(key) + ".map"), unknown);
}

void FluteSession::take(const flute::Packet& packet, const Moment& now) {
  last_packet_ = now.mono;
  ++packets_;
  if (packet.sender_current_time_ms)
    sender_ahead_ms_ = static_cast<std::int64_t>(*packet.sender_current_time_ms) - to_ms(now.wall);
  now_ = now;
  if (packet.has_toi) packet.toi.is_fdt() ? take_fdt(packet) : take_object(packet, now);
  if (packet.close_session && !closed_) to_disk();
  closed_ = packet.close_session;
}

Object* FluteSession::find(const flute::Toi& toi) {
  if (!last_ || last_->toi != toi) last_ = objects_.find(toi);
  return last_;
}

void FluteSession::take_object(const flute::Packet& packet, const Moment& now) {
  auto* object = find(packet.toi);
  if (!object) {
    // The segments of a live channel are never named for long, and their number has no end.
    if (passed_.contains(packet.toi)) return read_passed(packet);
    if (live_.sure()) return;
    const auto sent = oti_of_packet(packet, static_cast<fec::Encoding>(packet.codepoint));
    if (!sent || objects_.size() >= parts_.limits.entries) return hold(packet);
    make_room_to_hold();
    object = last_ = enter(packet.toi, 0);
    if (!object) return hold(packet);
  }
  if (object->passed_over()) return note_pass(packet);
  if (!object->underway) {
    const auto oti = oti_for(*object, packet);
    if (!oti || !begin(*object, *oti, now)) return;
    object->underway->by_fdt = packet.fti.empty();
  }
  const bool by_codepoint = !object->what.oti || !object->what.code_given;
  if (by_codepoint && static_cast<std::uint8_t>(object->assembly().oti().encoding) != packet.codepoint) {
    ++counts_.unknown_codepoint;
    return;
  }
  if (!agrees(*object, packet)) return;
  object->underway->touched = now.mono;
  if (!feed(*object, packet.payload)) return;
  if (packet.close_object && object->takes_symbols()) object->assembly().checkpoint();
}

bool FluteSession::feed(Object& object, std::span<const std::uint8_t> payload) {
  auto& underway = *object.underway;
  const auto encoding = underway.assembly->oti().encoding;
  const auto id_size = fec::payload_id_size(encoding);
  if (object.state == finishing || payload.size() <= id_size) return true;
  const auto id = fec::read_payload_id(encoding, payload);
  if (id.block == 0 && id.symbol == 0 && is_live_segment(object, id, payload.subspan(id_size))) return false;
  carousel_.saw(name_of(object.toi, id), now_.mono);
  underway.carousel.saw(name_of(id), now_.mono);
  underway.assembly->take(id, payload.subspan(id_size));
  return look_after(object);
}

// Of an object that is not wanted (any more): its packets still tell how long a pass is.
void FluteSession::note_pass(const flute::Packet& packet) {
  const auto encoding = static_cast<fec::Encoding>(packet.codepoint);
  if (packet.payload.size() > fec::payload_id_size(encoding))
    carousel_.saw(name_of(packet.toi, fec::read_payload_id(encoding, packet.payload)), now_.mono);
}

// Is it whole, or has it failed?
bool FluteSession::look_after(Object& object) {
  if (!object.takes_symbols()) return true;
  if (const auto& failure = object.assembly().failure()) return conclude(object, Unexpected(*failure));
  if (object.state == receiving && object.assembly().whole()) finish(object);
  return true;
}

// True: it takes symbols now.
bool FluteSession::begin(Object& object, const fec::Oti& oti, const Moment& now) {
  if (object.what.length != 0 && object.what.length != oti.length) {
    contradicted(object);
    return false;
  }
  const auto cost = cost_of(oti);
  if (oti.length > most_of(object) || cost > share_.most()) return refuse_size(object, oti), false;
  if (objects_.underway() >= parts_.limits.underway) {
    ++counts_.too_many;
    return false;
  }
  const auto early = key_of(object, oti, false);
  object.key = object.named() ? key_of(object, oti, true) : early;
  if (object.named() && parts_.done.holds(object.key, to_ms(now.wall)))
    return objects_.turn(object, done), false;
  auto key = object.key;
  if (object.named() && !has_partial(key) && has_partial(early))
    key = early;  // begun before its FDT was here
  auto stem = parts_.partial / hex_stem(key);
  if (!leaving_.empty() && leaving(stem)) return false;  // a later packet begins it
  if (!share_.take(cost)) {
    ++counts_.too_many;
    return false;
  }
  object.why.reset();
  if (const auto can = can_repair(oti); !can) {
    ++counts_.no_code;
    object.why = can.error();
  } else if (object.damaged > 0) {
    object.why = Refusal{"multicast.again", {{"tries", std::to_string(object.damaged)}}};
  }
  object.underway = std::make_unique<Object::Underway>();
  auto& underway = *object.underway;
  underway.stem = std::move(stem);
  underway.assembly = std::make_shared<Assembly>(parts_.assembly, oti, underway.stem, key);
  underway.started = now.wall;
  underway.touched = now.mono;
  if (object.what.encoding == flute::ContentEncoding::none)
    underway.assembly->hash_on_the_way(object.what.md5.has_value());
  if (object.named()) objects_.turn(object, receiving);
  underway.assembly->resume();
  return look_after(object) && object.takes_symbols();
}

// Larger than this station takes. One record, also where the carousel goes on for months; one that no FDT
// names has none.
void FluteSession::refuse_size(Object& object, const fec::Oti& oti) {
  if (!object.named()) return;
  object.key = key_of(object, oti, true);
  if (parts_.done.holds(object.key, to_ms(now_.wall))) return objects_.turn(object, done);
  conclude(object, refuse("multicast.too_large",
                          {{"size", std::to_string(oti.length)}, {"most", std::to_string(most_of(object))}}));
}

// Whether what is lost of such an object can be computed from repair symbols here. Where not, its source
// symbols are taken all the same: without a loss, or after enough passes, they are the whole object.
Result<void> FluteSession::can_repair(const fec::Oti& oti) {
  if (oti.encoding == fec::Encoding::no_code || fec::has_code(oti.encoding)) return {};
  return refuse("multicast.no_code", {{"id", std::to_string(static_cast<int>(oti.encoding))}});
}

void FluteSession::finish(Object& object) {
  objects_.turn(object, finishing);
  Assembly::Finish what;
  what.content_encoding = object.what.encoding;
  what.content_length = object.what.content_length;
  what.md5 = object.what.md5;
  what.most = most_of(object);
  what.ready = parts_.ready;
  what.file.session = shown_;
  what.file.folder = object.what.folder;
  what.file.key = object.key;
  what.file.name = object.what.name;
  what.location = object.what.location;
  auto then = [this, alive = alive_, toi = object.toi, no = object.no](Result<Assembly::Delivered> result) {
    auto* const finished = *alive ? objects_.find(toi) : nullptr;
    if (finished && finished->no == no) conclude(*finished, std::move(result));
  };
  object.assembly().finish(std::move(what), std::move(then));
}

void FluteSession::drop(Object& object) {
  if (!object.underway) return;
  share_.give_back(cost_of(object) - object.charged);
  add(symbols_, object.assembly().counts());
  object.underway.reset();
  object.why.reset();
}

// Removes from the disk what came of it. While a worker is not done with it nothing is begun under its stem.
void FluteSession::give_up(Object& object) {
  if (!object.underway) return;
  object.assembly().abandon();
  if (!object.assembly().idle()) leaving_.emplace_back(object.underway->stem, object.underway->assembly);
}

bool FluteSession::leaving(const fs::path& stem) {
  std::erase_if(leaving_, [](const auto& one) { return one.second->idle(); });
  return std::ranges::any_of(leaving_, [&](const auto& one) { return one.first == stem; });
}

void FluteSession::forget(Object& object) {
  give_up(object);
  drop(object);
  remove(object);
}

// False: the object is gone, for nobody knows what it would have been.
bool FluteSession::conclude(Object& object, Result<Assembly::Delivered> result) {
  if (!object.named()) {
    forget(object);
    return false;
  }
  if (!result && receive_again(object, result.error())) return true;
  if (result && object.underway && object.what.md5 && object.assembly().counts().repaired > 0 &&
      fec::is_reed_solomon(object.assembly().oti().encoding))
    points_->found(points_->now());
  Ended ended;
  ended.no = object.no;
  ended.key = object.key;
  ended.session = shown_;
  ended.folder = object.what.folder;
  ended.name = object.what.name;
  ended.location = object.what.location;
  ended.companion = object.what.companion;
  if (result)
    ended.file = *std::move(result);
  else
    ended.refusal = result.error();
  const bool may_be_tried_again = ended.refusal && ended.refusal->kind != Refusal::Kind::invalid;
  if (object.underway) {
    ended.started = object.underway->started;
    ended.symbols = object.assembly().counts();
    if (ended.refusal && !may_be_tried_again) give_up(object);
  }
  drop(object);
  if (!ended.refusal && !ended.companion) parts_.done.hold(object.key);
  objects_.turn(object, ended.refusal ? failed : done);
  const bool again = may_be_tried_again && object.faults++ > 0;  // it was told already
  if (!may_be_tried_again) object.faults = 0;
  object.retry = may_be_tried_again ? now_.mono + kRetryOurFault.after(object.faults) : milliseconds{};
  if (may_be_tried_again) object.why = ended.refusal;
  ended.companions_left = companions_left(object.what.folder);
  if (!again) parts_.ended(std::move(ended));
  if (const auto next = std::move(object.next)) describe(object, *next, now_);
  return true;
}

void FluteSession::to_disk() {
  for (auto* object : objects_.receiving())
    if (object->named()) to_disk(*object);
}

void FluteSession::to_disk(Object& object) {
  object.assembly().to_disk();
  write_about(object);
}

void FluteSession::list_open(std::vector<Open>& out) {
  for (const auto* object : objects_.receiving())
    if (object->assembly().file_open()) out.push_back({object->underway->touched, this, object->toi});
}

void FluteSession::close_file(const flute::Toi& toi) {
  auto& object = *objects_.find(toi);
  to_disk(object);
  look_after(object);
}

void FluteSession::tick(const Moment& now) {
  now_ = now;
  std::erase_if(leaving_, [](const auto& one) { return one.second->idle(); });
  for (auto* object : objects_.receiving()) {
    const auto& underway = *object->underway;
    const bool pauses = now.mono - underway.touched >= kPause;
    if (pauses)
      underway.assembly->settle(), underway.assembly->to_disk();
    else if (object->named())
      underway.assembly->checkpoint();
    if (pauses || (!underway.described && now.wall - underway.started >= kDescribeAfter))
      write_about(*object);
    look_after(*object);
  }
  retry_failed(now);
  if (now.mono - last_expiry_ < milliseconds(10'000)) return;
  last_expiry_ = now.mono;
  expire(now);
}

// Beside its bytes: what it is, so that it can be recorded if it is never completed.
void FluteSession::write_about(Object& object) {
  auto& underway = *object.underway;
  const auto have = underway.assembly->symbols_have();
  if (!object.named() || have == 0 || underway.described == have) return;
  const auto& oti = underway.assembly->oti();
  About about{object.what.name, shown_, underway.started, oti.length,
              std::min(oti.length, have * oti.symbol)};
  const auto before = underway.described ? std::nullopt : read_about(underway.stem);
  if (before) underway.started = about.started = before->started;  // of an earlier run
  underway.described = have;
  if (before == about) return;
  try {
    multicast::write_about(parts_.assembly.files, underway.stem, about);
  } catch (const std::system_error& error) {
    spdlog::warn("multicast: {}", error.what());
  }
}

bool FluteSession::holds(const fs::path& stem) const {
  const auto is_its = [&](const Object& one) { return one.underway && one.underway->stem == stem; };
  return std::ranges::any_of(objects_.in(held), is_its) ||
         std::ranges::any_of(objects_.in(receiving), is_its) ||
         std::ranges::any_of(objects_.in(finishing), is_its);
}

void FluteSession::again(const ObjectKey& key) {
  for (auto* object : objects_.all()) {
    if (object->key != key || (object->state != done && object->state != failed)) continue;
    objects_.turn(*object, announced);
  }
}

void FluteSession::skip(const std::string& folder, const std::string& name) {
  for (auto* object : objects_.all()) {
    if (object->what.folder != folder || object->what.name != name) continue;
    if (object->state != announced && object->state != receiving) continue;
    if (object->underway) {
      parts_.done.add(object->key);
      give_up(*object);
    }
    drop(*object);
    objects_.turn(*object, done);
  }
}

}  // namespace edu::multicast
