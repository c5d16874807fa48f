// What a session's FDT instances say, and for how long it counts.
#include <algorithm>

#include "base/diagnostics.h"
#include "flute/content.h"
#include "receiver/multicast/flute_session.h"

namespace edu::multicast {
namespace {

// Without EXT_TIME nobody knows whose clock is right, the sender's or ours: an FDT counts for so long after
// it came, whatever it says.
constexpr milliseconds kLenient = std::chrono::hours(24);
// With it too, for a carousel that is late by a pass.
constexpr milliseconds kGrace = std::chrono::minutes(5);

Result<std::string> text_of(const FdtBytes& fdt) {
  std::string text;
  if (fdt.encoding == flute::ContentEncoding::none) {
    text.assign(fdt.bytes.begin(), fdt.bytes.end());
    return text;
  }
  auto sink = [&text](std::span<const std::uint8_t> bytes) -> Result<std::monostate> {
    text.append(bytes.begin(), bytes.end());
    return std::monostate{};
  };
  flute::Inflater inflater(fdt.encoding, flute::kFdtLimit, sink);
  auto result = inflater.write(fdt.bytes);
  if (result) result = inflater.finish();
  if (!result) return Unexpected(result.error());
  return text;
}

// Of a Content-Location: the same for all files of one folder, and nothing that could be a path.
std::string folder_of(std::string_view location) {
  const auto slash = location.rfind('/');
  const auto folder = slash == location.npos ? std::string_view() : location.substr(0, slash);
  return to_hex(Sha256().update(folder).finish()).substr(0, 16);
}

}  // namespace

void FluteSession::take_fdt(const flute::Packet& packet, const Moment& now) {
  const auto whole = fdts_.take(packet);
  if (!whole) return;
  const auto text = text_of(*whole);
  auto read = text ? flute::read_fdt(*text) : Unexpected(text.error());
  if (!read) {
    if (++counts_.bad_fdts == 1)
      spdlog::warn("multicast: {}: FDT instance {}: {}", shown_, whole->instance, read.error().code);
    return;
  }
  for (const auto& skipped : read->skipped)
    spdlog::debug("multicast: {}: FDT instance {}: {}", shown_, whole->instance, skipped.code);
  skipped_ = read->skipped;
  ++counts_.fdts;
  apply(read->fdt, now);
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
  complete_ = complete_ || fdt.complete;
  for (const auto& file : fdt.files) announce(file, *until, now);
  replay_held(now);
}

void FluteSession::announce(const flute::File& file, milliseconds expires, const Moment& now) {
  const auto name = flute::safe_name(file.location);
  if (!name || file.toi.is_fdt()) {
    spdlog::debug("multicast: {}: a Content-Location that names no file of ours was passed over", shown_);
    return;
  }
  auto it = entries_.find(file.toi);
  if (it == entries_.end()) {
    if (entries_.size() >= parts_.limits.entries) {
      ++counts_.too_many;
      return;
    }
    it = entries_.try_emplace(file.toi).first;
    it->second.no = parts_.next_no++;
  }
  auto& entry = it->second;
  const auto length = flute::sent_length(file);
  std::optional<fec::Oti> oti;
  if (file.oti) {
    auto good = fec::checked(*file.oti);
    if (!good) {
      ++counts_.unknown_codepoint;
      return refuse_entry(it, *name, expires, good.error());
    }
    oti = *good;
  }
  entry.expires = expires;
  const bool same = entry.announced && entry.name == *name && entry.folder == folder_of(file.location) &&
                    describes(entry, file, oti);
  if (entry.finishing) {  // what came is delivered first
    entry.next = same ? nullptr : std::make_unique<Announcement>(Announcement{file, expires});
    return;
  }
  if (same && !refused_.contains(file.toi)) {
    entry.length = length.value_or(entry.length);
    if (oti) entry.oti = oti;
    return;
  }
  if (refused_.erase(file.toi) > 0) entry.over = false, entry.why.reset();
  const bool other_oti = entry.assembly && ((oti && *oti != entry.assembly->oti()) ||
                                            (length && *length != entry.assembly->oti().length));
  const bool replaced = entry.announced && (entry.assembly || entry.over);
  if (replaced || other_oti) make_way(file.toi, entry);
  if (!entry.announced) entry.over = false;  // what was found too large gets its name, and its record
  entry.announced = true;
  entry.folder = folder_of(file.location);
  entry.name = *name;
  entry.companion = parts_.is_companion(*name);
  entry.content_length = file.content_length;
  entry.encoding = file.content_encoding;
  entry.md5 = file.md5;
  entry.oti = oti;
  entry.length = length.value_or(0);
  if (!entry.assembly) return;
  // Begun from EXT_FTI before its description came: it goes on, unless an earlier run had more of it.
  const auto key = key_of(file.toi, entry, entry.assembly->oti(), true);
  entry.key = key;
  if (parts_.done.holds(key, to_ms(now.wall)) ||
      fs::exists(parts_.partial / (to_hex(std::span(key).first(16)) + ".map"))) {
    const auto again = entry.assembly->oti();
    give_up(entry);
    drop(entry);
    underway_.erase(file.toi);
    begin(file.toi, entry, again, now);
    return;
  }
  underway_[file.toi] = true;
  look_after(file.toi, entry);
}

// Does it say what the entry says already? What only one of them knows contradicts nothing.
bool FluteSession::describes(const Entry& entry, const flute::File& file,
                             const std::optional<fec::Oti>& oti) const {
  const auto length = flute::sent_length(file).value_or(0);
  const auto own = entry.assembly ? std::optional(entry.assembly->oti()) : entry.oti;
  const auto known = own ? own->length : entry.length;
  return entry.md5 == file.md5 && (known == 0 || length == 0 || known == length) &&
         entry.encoding == file.content_encoding && (!oti || !own || own == oti);
}

// The TOI names another object from now on. What was announced before, and was not whole, has its record.
void FluteSession::make_way(const flute::Toi& toi, Entry& entry) {
  const bool told = entry.assembly && entry.announced && !entry.companion;
  give_up(entry);
  // No fault of this version's bytes: should the sender go back to it, it is received.
  if (told) conclude(toi, entry.no, refuse("multicast.replaced", {}, Refusal::Kind::conflict));
  drop(entry);
  underway_.erase(toi);
  entry.over = false;
  entry.retry = {};
  entry.no = parts_.next_no++;
}

// The description is of an object that cannot be received: whoever looks at the status is told so. What was
// begun of the TOI goes on.
void FluteSession::refuse_entry(Entries::iterator it, const std::string& name, milliseconds expires,
                                Refusal why) {
  auto& entry = it->second;
  if (entry.assembly || (entry.announced && !refused_.contains(it->first))) return;
  entry.announced = entry.over = true;
  entry.name = name;
  entry.expires = expires;
  entry.why = std::move(why);
  refused_.insert(it->first);
}

void FluteSession::replay_held(const Moment& now) {
  std::deque<Held> held;
  held.swap(held_);
  held_bytes_ = 0;
  for (const auto& one : held) {
    flute::Packet packet;
    packet.toi = one.toi;
    packet.has_toi = true;
    packet.codepoint = one.codepoint;
    packet.payload = one.payload;
    if (entries_.contains(one.toi))
      take_object(packet, now);
    else
      hold(packet);
  }
}

// Entries whose instance has expired; what was received of them stays on the disk for a later announcement.
void FluteSession::expire(const Moment& now) {
  for (auto it = entries_.begin(); it != entries_.end();) {
    const auto here = it++;
    auto& entry = here->second;
    if (entry.over && entry.retry != milliseconds{} && now.mono >= entry.retry) entry.over = false;
    if (entry.finishing || !entry.announced || now.mono < entry.expires) continue;
    if (entry.assembly && !entry.assembly->idle()) continue;
    if (entry.assembly) entry.assembly->rest();
    if (entry.assembly && !entry.assembly->idle()) continue;
    drop(entry);
    underway_.erase(here->first);
    refused_.erase(here->first);
    if (last_ == here) last_ = entries_.end();
    entries_.erase(here);
  }
}

std::size_t FluteSession::companions_left(const std::string& folder) const {
  return static_cast<std::size_t>(std::ranges::count_if(entries_, [&](const auto& one) {
    return one.second.companion && !one.second.over && one.second.folder == folder;
  }));
}

}  // namespace edu::multicast
