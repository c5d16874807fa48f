// What a session's FDT instances say, and for how long it counts.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "flute/content.h"
#include "receiver/multicast/flute_session.h"

namespace edu::multicast {
namespace {

using enum ObjectState;

// Without EXT_TIME nobody knows whose clock is right, the sender's or ours: an FDT counts for so long after
// it came, whatever it says.
constexpr milliseconds kLenient = std::chrono::hours(24);
// With it too, for a carousel that is late by a pass.
constexpr milliseconds kGrace = std::chrono::minutes(5);

// What most lists take to be read, bytes: no block has to leave for it.
constexpr std::uint64_t kReadFreely = 256 << 10;

// Whoever sends a small FDT that inflates to millions of bytes has no list of files in it.
constexpr std::uint64_t kInflatesTo = 100, kInflatesAlways = 256 << 10;

Result<void> inflate(const FdtInstance& fdt, const flute::Inflater::Sink& sink) {
  if (fdt.encoding == flute::ContentEncoding::none) return sink(fdt.symbols);
  const auto most =
      std::min<std::uint64_t>(flute::kFdtLimit, kInflatesAlways + kInflatesTo * fdt.symbols.size());
  flute::Inflater inflater(fdt.encoding, most, sink);
  const auto result = inflater.write(fdt.symbols);
  return result ? inflater.finish() : result;
}

// Bytes that reading it takes, found without keeping any of it.
Result<flute::FdtMemory> memory_for(const FdtInstance& fdt) {
  flute::FdtMemory memory;
  const auto whole = inflate(fdt, [&memory](std::span<const std::uint8_t> bytes) -> Result<void> {
    memory.add(bytes);
    return {};
  });
  if (!whole) return Unexpected(whole.error());
  return memory;
}

Result<flute::ReadFdt> read_text(const FdtInstance& fdt, std::size_t size) {
  std::string text;
  text.reserve(size);
  const auto whole = inflate(fdt, [&text](std::span<const std::uint8_t> bytes) -> Result<void> {
    text.append(bytes.begin(), bytes.end());
    return {};
  });
  if (!whole) return Unexpected(whole.error());
  return flute::read_fdt(std::move(text));
}

// Of a Content-Location: the same for all files of one folder, and nothing that could be a path.
std::string folder_of(std::string_view location) {
  const auto slash = location.find_last_of("/\\");
  const auto folder = slash == location.npos ? std::string_view() : location.substr(0, slash);
  return to_hex(Sha256().update(folder).finish()).substr(0, 16);
}

// A TOI in a name, where nothing else is there to name the file by.
std::string number_of(const flute::Toi& toi) {
  return toi.high == 0 ? std::to_string(toi.low) : fmt::format("{:x}-{:x}", toi.high, toi.low);
}

}  // namespace

void FluteSession::take_fdt(const flute::Packet& packet) {
  const auto before = fdts_.refused();
  auto enough = fdts_.take(packet);
  counts_.fdt_packets += fdts_.refused() - before;
  if (!enough) return;
  if (reading_)
    next_table_ = std::move(enough);  // of several only the newest
  else
    read(std::move(enough));
}

// On a worker: put together and measured. One at a time of a session.
void FluteSession::read(std::shared_ptr<FdtInstance> instance) {
  struct Outcome {
    bool whole = false;
    Result<flute::FdtMemory> memory;
  };
  reading_ = true;
  auto outcome = std::make_shared<Outcome>();
  auto work = [outcome, instance, code = parts_.assembly.code] {
    outcome->whole = FdtCollector::decode(*instance, code);
    if (outcome->whole) outcome->memory = memory_for(*instance);
  };
  auto then = [this, alive = alive_, outcome, instance] {
    if (!*alive) return;
    if (outcome->whole && outcome->memory) return parse(instance, *outcome->memory);
    if (outcome->whole) have_read(instance->number, Unexpected(outcome->memory.error()));
    read_ended(instance, outcome->whole);
  };
  parts_.assembly.jobs.run(Lane::tables, std::move(work), std::move(then));
}

// On a worker: inflated and parsed, in memory that blocks make room for meanwhile.
void FluteSession::parse(const std::shared_ptr<FdtInstance>& instance, flute::FdtMemory needed) {
  const auto memory = needed.bytes() > kReadFreely ? needed.bytes() : 0;
  auto& blocks = parts_.assembly.memory;
  if (!blocks.lend(memory)) {
    const bool ever = blocks.could_hold(memory);
    if (!ever)
      have_read(instance->number, refuse("multicast.fdt_memory", {{"needed", std::to_string(memory)},
                                                                  {"most", std::to_string(blocks.most())}}));
    read_ended(instance, true);
    if (ever) fdts_.forget();  // blocks that are being decoded have it now: it is read when it comes again
    return;
  }
  auto outcome = std::make_shared<Result<flute::ReadFdt>>();
  auto work = [outcome, instance, size = needed.text()] { *outcome = read_text(*instance, size); };
  auto then = [this, alive = alive_, &blocks, memory, outcome, instance] {
    if (*alive) have_read(instance->number, std::move(*outcome));
    blocks.take_back(memory);
    if (*alive) read_ended(instance, true);
  };
  parts_.assembly.jobs.run(Lane::tables, std::move(work), std::move(then));
}

void FluteSession::read_ended(const std::shared_ptr<FdtInstance>& instance, bool whole) {
  reading_ = false;
  fdts_.ended(instance, whole);
  if (auto next = std::exchange(next_table_, nullptr)) read(std::move(next));
}

void FluteSession::have_read(std::uint32_t instance, Result<flute::ReadFdt> read) {
  if (!read) {
    bad_fdt_ = read.error();
    if (++counts_.bad_fdts == 1)
      spdlog::warn("multicast: {}: FDT instance {}: {}", shown_, instance, read.error().code);
    return;
  }
  for (const auto& skipped : read->skipped)
    spdlog::debug("multicast: {}: FDT instance {}: {}", shown_, instance, skipped.code);
  bad_fdt_.reset();
  skipped_ = read->skipped;
  ++counts_.fdts;
  apply(read->fdt, now_);
}

// Until when the instance counts, on the steady clock; nothing: it has expired.
std::optional<milliseconds> FluteSession::expiry(const flute::Fdt& fdt, const Moment& now) const {
  if (!fdt.expires) return now.mono + kLenient;
  const auto senders_now = to_ms(now.wall) + sender_ahead_ms_.value_or(0);
  // A clock that is a year off is no reason to compute with it.
  const auto most = milliseconds(std::chrono::hours(24 * 366)).count();
  const auto left = std::min(*fdt.expires * 1000 - senders_now, most);
  if (sender_ahead_ms_) {
    if (left + kGrace.count() <= 0) return std::nullopt;
    return now.mono + milliseconds(left) + kGrace;
  }
  return now.mono + std::max(milliseconds(left), kLenient);
}

void FluteSession::apply(const flute::Fdt& fdt, const Moment& now) {
  const auto until = expiry(fdt, now);
  if (!until) return;
  ++applied_;
  for (const auto& file : fdt.files)
    if (auto* known = objects_.find(file.toi)) known->listed = applied_;
  for (const auto& object : objects_.in(announced))
    if (object.listed + 1 == applied_) live_.gone(object.what.name);
  for (const auto& object : objects_.in(done))
    if (object.listed + 1 == applied_) live_.gone(object.what.name);
  for (const auto& file : fdt.files) announce(file, *until, now);
  replay_held(now);
}

void FluteSession::announce(const flute::File& file, milliseconds expires, const Moment& now) {
  const auto name = flute::safe_name(file.location).value_or(fmt::format("{}-{}", tsi_, number_of(file.toi)));
  auto* object = objects_.find(file.toi);
  if ((!object || object->state == held) && pass_over_live(file, name)) return;
  if (!object) {
    const auto text = name.size() + file.location.size();
    bool room = objects_.size() < parts_.limits.entries || make_room_for_entry();
    while (room && !(object = enter(file.toi, text))) room = make_room_for_entry();
    if (!object) {
      ++counts_.too_many;
      left_out_ = true;  // until others are finished
      return;
    }
    object->listed = applied_;
  }
  auto what = description_of(file, name, expires);
  if (what) return describe(*object, *std::move(what), now);
  ++counts_.unknown_codepoint;
  refuse_description(*object, name, expires, what.error());
}

bool FluteSession::pass_over_live(const flute::File& file, const std::string& name) {
  constexpr std::size_t kMostPassed = 256;
  if (passed_.contains(file.toi)) return true;
  if (!live_.is_part(name, file.content_type, flute::sent_length(file).value_or(0))) return false;
  if (auto* begun = objects_.find(file.toi)) forget(*begun);
  if (passed_.size() >= kMostPassed) passed_.clear();
  auto& passed = passed_[file.toi] = {name, folder_of(file.location)};
  ++counts_.live;
  tell_live(passed.name, passed.folder);
  return true;
}

// A playlist: its first bytes tell whether the files beside it are a live channel's. What was begun of those
// goes.
void FluteSession::read_passed(const flute::Packet& packet) {
  const auto code = static_cast<fec::Encoding>(packet.codepoint);
  const auto id_size = fec::payload_id_size(code);
  if (live_.sure() || id_size == 0 || packet.payload.size() <= id_size) return;
  const auto id = fec::read_payload_id(code, packet.payload);
  const auto bytes = packet.payload.subspan(id_size);
  const std::string_view beginning(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (id.block != 0 || id.symbol != 0 || !live_.read_playlist(beginning)) return;
  for (auto* object : objects_.all()) {
    const bool begun = object->state == announced || object->state == receiving;
    if (begun && live_.is_part(object->what.name, {}, object->what.length)) ++counts_.live, forget(*object);
  }
  const auto& playlist = passed_.at(packet.toi);
  tell_live(playlist.name, playlist.folder);
}

// One record for the whole of it, however many segments it brings.
void FluteSession::tell_live(const std::string& name, const std::string& folder) {
  if (!live_.sure() || std::exchange(live_told_, true)) return;
  while (!objects_.in(held).empty()) forget(objects_.in(held).front());
  Ended ended;
  ended.key = Sha256().update(fmt::format("{}\n{}\nlive channel", place_, tsi_)).finish();
  if (parts_.done.holds(ended.key, to_ms(now_.wall))) return;
  spdlog::warn("multicast: {}: a live channel, not courseware ({})", shown_, name);
  ended.no = parts_.next_no++;
  ended.session = shown_;
  ended.folder = folder;
  ended.name = name;
  ended.started = now_.wall;
  ended.refusal = Refusal{"multicast.live_channel", {}};
  parts_.ended(std::move(ended));
}

// By its first bytes: its name did not say so. What was begun of it goes.
bool FluteSession::is_live_segment(Object& object, const fec::SymbolId&,
                                   std::span<const std::uint8_t> symbols) {
  const bool plain = object.named() && object.what.encoding == flute::ContentEncoding::none;
  if (!plain || !begins_segment(symbols)) return false;
  ++counts_.live;
  live_.found(object.what.name);
  tell_live(object.what.name, object.what.folder);
  forget(object);
  return true;
}

Result<Description> FluteSession::description_of(const flute::File& file, std::string name,
                                                 milliseconds expires) const {
  Description what;
  if (file.oti) {
    auto good = fec::checked(*file.oti);
    if (!good) return Unexpected(good.error());
    what.oti = *good;
  }
  what.folder = folder_of(file.location);
  what.companion = parts_.is_companion(name);
  what.location = flute::shown_location(file.location);
  if (what.location == name) what.location.clear();
  what.code_given = file.code_given;
  what.name = std::move(name);
  what.content_length = file.content_length;
  what.encoding = file.content_encoding;
  what.md5 = file.md5;
  what.length = flute::sent_length(file).value_or(0);
  what.expires = expires;
  return what;
}

// What the object's TOI names from now on: the same as before, or another object, which takes its place.
void FluteSession::describe(Object& object, Description what, const Moment& now) {
  const bool same = object.named() && object.state != refused && object.is_described_by(what);
  object.what.expires = what.expires;
  if (object.state == finishing) {  // what came is delivered first
    object.next = same ? nullptr : std::make_unique<Description>(std::move(what));
    return;
  }
  if (same) {
    if (what.length != 0) object.what.length = what.length;
    if (what.oti) object.what.oti = what.oti, object.what.code_given = what.code_given;
    return;
  }
  const auto begun = object.underway ? std::optional(object.assembly().oti()) : std::nullopt;
  const bool other = begun && contradicts(*begun, what);
  if (other || object.state == receiving || object.state == done || object.state == failed) make_way(object);
  if (object.state == refused) object.why.reset();
  object.what = std::move(what);
  if (!object.underway) return objects_.turn(object, announced);
  // Held until now: it goes on, unless an earlier run had more of it.
  object.key = key_of(object, *begun, true);
  if (parts_.done.holds(object.key, to_ms(now.wall)) || has_partial(object.key)) {
    give_up(object);
    drop(object);
    objects_.turn(object, announced);
    begin(object, *begun, now);
    return;
  }
  objects_.turn(object, receiving);
  look_after(object);
}

// What came of the object's TOI until now is of another one. What an FDT named, and was not whole, has its
// record.
void FluteSession::make_way(Object& object) {
  give_up(object);
  // No fault of this version's bytes: if the sender goes back to it, it is received.
  if (object.state == receiving && !object.what.companion)
    conclude(object, refuse("multicast.replaced", {}, Refusal::Kind::conflict));
  drop(object);
  object.no = parts_.next_no++;
  object.damaged = 0;
}

// The description is of an object that cannot be received: the status says so. What was begun of the TOI goes
// on.
void FluteSession::refuse_description(Object& object, std::string name, milliseconds expires, Refusal why) {
  if (object.underway || (object.named() && object.state != refused)) return;
  object.what = {};
  object.what.name = std::move(name);
  object.what.expires = expires;
  object.why = std::move(why);
  objects_.turn(object, refused);
}

void FluteSession::replay_held(const Moment& now) {
  std::deque<Held> waiting;
  waiting.swap(held_);
  share_.give_back(held_bytes_);
  held_bytes_ = 0;
  for (const auto& one : waiting) {
    flute::Packet packet;
    packet.toi = one.toi;
    packet.has_toi = true;
    packet.codepoint = one.codepoint;
    packet.payload = one.payload;
    if (objects_.find(one.toi) || passed_.contains(one.toi))
      take_object(packet, now);
    else
      hold(packet);
  }
}

// Objects whose instance has expired; what was received of them stays on the disk for a later announcement.
void FluteSession::expire(const Moment& now) {
  if (left_out_ && !objects_.in(done).empty()) {  // their FDT is read once more, when it comes again
    left_out_ = false;
    fdts_.forget();
  }
  for (auto* object : objects_.all()) {
    if (object->state == finishing || !object->named() || now.mono < object->what.expires) continue;
    if (object->underway) {
      if (object->assembly().idle()) object->assembly().to_disk();
      if (!object->assembly().idle()) continue;
    }
    drop(*object);
    remove(*object);
  }
}

std::size_t FluteSession::companions_left(const std::string& folder) const {
  std::size_t count = 0;
  for (const auto state : {announced, receiving, finishing})
    count += static_cast<std::size_t>(std::ranges::count_if(objects_.in(state), [&](const Object& one) {
      return one.what.companion && one.what.folder == folder;
    }));
  return count;
}

}  // namespace edu::multicast
