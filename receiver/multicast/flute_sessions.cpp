#include "receiver/multicast/flute_sessions.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace edu::multicast {
namespace {

void add(FluteCounts& to, const FluteCounts& more) {
  to.fdts += more.fdts;
  to.bad_fdts += more.bad_fdts;
  to.unknown_codepoint += more.unknown_codepoint;
  to.no_code += more.no_code;
  to.no_oti += more.no_oti;
  to.other_oti += more.other_oti;
  to.not_announced += more.not_announced;
  to.too_many += more.too_many;
  to.evicted += more.evicted;
  to.fdt_packets += more.fdt_packets;
  to.live += more.live;
}

// MPEG-TS in datagrams, plain or behind an RTP header.
bool is_transport_stream(std::span<const std::uint8_t> datagram) {
  constexpr std::size_t kRtp = 12, kPacket = 188;
  const auto at = [&](std::size_t i) { return datagram.size() >= i + kPacket && datagram[i] == 0x47; };
  return at(0) || at(kRtp);
}

}  // namespace

std::string Address::text() const {
  char out[INET6_ADDRSTRLEN] = {};
  in6_addr six{};
  std::ranges::copy(bytes, six.s6_addr);
  if (IN6_IS_ADDR_V4MAPPED(&six))
    ::inet_ntop(AF_INET, bytes.data() + 12, out, sizeof out);
  else
    ::inet_ntop(AF_INET6, &six, out, sizeof out);
  return out;
}

std::string session_name(const Address& source, std::uint64_t tsi) {
  return fmt::format("{} TSI {}", source.text(), tsi);
}

FluteSessions::FluteSessions(FluteSession::Parts parts, std::string place, std::set<std::uint64_t> allowed)
    : parts_(std::move(parts)),
      place_(std::move(place)),
      allowed_(std::move(allowed)),
      accounts_(parts_.limits.bookkeeping),
      last_(sessions_.end()) {
  accounts_.when_full([this](const Address& source) { return shed(source); });
}

bool FluteSessions::shed(const Address& source) {
  return std::ranges::any_of(sessions_,
                             [&](auto& one) { return one.first.source == source && one.second.shed(); });
}

void FluteSessions::take(const Address& source, std::span<const std::uint8_t> datagram, const Moment& now) {
  ++counts_.datagrams;
  counts_.bytes += datagram.size();
  const auto packet = flute::read_packet(datagram);
  if (!packet) {
    ++counts_.malformed[static_cast<std::size_t>(packet.error()) % counts_.malformed.size()];
    if (is_transport_stream(datagram)) ++counts_.transport_stream;
    return;
  }
  if (!packet->has_tsi || (!packet->has_toi && !packet->close_session)) {
    ++counts_.no_session;
    return;
  }
  if (!allowed_.empty() && !allowed_.contains(packet->tsi)) {
    ++counts_.other_tsi;
    return;
  }
  if (auto* session = find({source, packet->tsi}, now)) session->take(*packet, now);
}

FluteSession* FluteSessions::find(const Key& key, const Moment&) {
  if (last_ != sessions_.end() && last_->first == key) return &last_->second;
  last_ = sessions_.find(key);
  if (last_ != sessions_.end()) return &last_->second;
  make_room_for_stranger(key.source);
  const auto place = place_ + "\n" + key.source.text();
  last_ = sessions_
              .try_emplace(key, parts_, place, session_name(key.source, key.tsi), key.tsi,
                           accounts_.share_of(key.source))
              .first;
  return &last_->second;
}

void FluteSessions::give_up(Sessions::iterator session) {
  session->second.to_disk();
  add(gone_, session->second.counts());
  add(gone_symbols_, session->second.ended_symbols());
  ++gone_.too_many;
  if (last_ == session) last_ = sessions_.end();
  sessions_.erase(session);
}

// For one more stranger the one that sent least gives way; of those the one that is silent for longest.
void FluteSessions::make_room_for_stranger(const Address& source) {
  std::size_t all = 0, of_address = 0;
  auto least = sessions_.end(), least_of_address = sessions_.end();
  const auto less = [](const FluteSession& a, const FluteSession& b) {
    return std::pair(a.packets(), a.last_packet()) < std::pair(b.packets(), b.last_packet());
  };
  for (auto one = sessions_.begin(); one != sessions_.end(); ++one) {
    if (one->second.confirmed()) continue;
    ++all;
    if (least == sessions_.end() || less(one->second, least->second)) least = one;
    if (one->first.source != source) continue;
    ++of_address;
    if (least_of_address == sessions_.end() || less(one->second, least_of_address->second))
      least_of_address = one;
  }
  if (of_address >= kStrangersOfAddress)
    give_up(least_of_address);
  else if (all >= kStrangers)
    give_up(least);
}

// Beyond their number the stillest of those addresses that have most of them gives way.
void FluteSessions::bound_confirmed() {
  for (;;) {
    std::map<Address, std::size_t> of;
    for (const auto& [key, session] : sessions_)
      if (session.confirmed()) ++of[key.source];
    const auto sum = std::accumulate(of.begin(), of.end(), std::size_t{0},
                                     [](auto n, auto& one) { return n + one.second; });
    const auto most = std::ranges::max_element(of, {}, [](const auto& one) { return one.second; });
    if (most == of.end() || (sum <= kMost && most->second <= kMostOfAddress)) return;
    auto stillest = sessions_.end();
    for (auto one = sessions_.begin(); one != sessions_.end(); ++one)
      if (one->second.confirmed() && of.at(one->first.source) == most->second &&
          (stillest == sessions_.end() || one->second.last_packet() < stillest->second.last_packet()))
        stillest = one;
    give_up(stillest);
  }
}

void FluteSessions::tick(const Moment& now) {
  bound_confirmed();
  for (auto& [key, session] : sessions_) session.tick(now);
  note_counts(now);
  bound_open_files();
}

// With thousands of objects under way those that got nothing for longest close their files before they pause.
// What a worker has to make durable first is closed at the next tick.
void FluteSessions::bound_open_files() {
  std::vector<FluteSession::Open> open;
  for (auto& [key, session] : sessions_) session.list_open(open);
  if (open.size() <= parts_.limits.open) return;
  const auto over = static_cast<std::ptrdiff_t>(open.size() - parts_.limits.open);
  std::ranges::nth_element(open, open.begin() + over, {}, &FluteSession::Open::touched);
  for (const auto& one : std::span(open).first(static_cast<std::size_t>(over)))
    one.session->close_file(one.toi);
}

void FluteSessions::to_disk() {
  for (auto& [key, session] : sessions_) session.to_disk();
}

FluteCounts FluteSessions::session_counts() const {
  auto sum = gone_;
  for (const auto& [key, session] : sessions_) add(sum, session.counts());
  return sum;
}

SymbolCounts FluteSessions::symbol_counts() const {
  auto sum = gone_symbols_;
  for (const auto& [key, session] : sessions_) add(sum, session.ended_symbols());
  return sum;
}

// By the codes of the texts that say what each count means.
void FluteSessions::note_counts(const Moment& now) {
  const auto sum = session_counts();
  const auto malformed =
      std::accumulate(counts_.malformed.begin(), counts_.malformed.end(), std::uint64_t{0});
  const std::pair<const char*, std::uint64_t> counts[] = {
      {"multicast.passed_not_flute", malformed - counts_.transport_stream},
      {"multicast.passed_transport_stream", counts_.transport_stream},
      {"multicast.passed_no_session", counts_.no_session},
      {"multicast.passed_codepoint", sum.unknown_codepoint},
      {"multicast.passed_no_oti", sum.no_oti},
      {"multicast.passed_other_oti", sum.other_oti},
      {"multicast.passed_unnamed", sum.not_announced},
      {"multicast.passed_too_many", sum.too_many},
      {"multicast.passed_evicted", sum.evicted},
      {"multicast.passed_fdt", sum.fdt_packets}};
  for (const auto& [code, count] : counts) recent_.saw(code, count, now.mono);
}

std::vector<Note> FluteSessions::notes(const Moment& now) const {
  auto all = recent_.notes(now.mono);
  for (const auto& [key, session] : sessions_) std::ranges::move(session.notes(), std::back_inserter(all));
  return all;
}

std::vector<ObjectStatus> FluteSessions::status(std::size_t most) const {
  std::vector<ObjectStatus> all;
  for (const auto& [key, session] : sessions_) {
    auto some = session.status(most - all.size());
    std::ranges::move(some, std::back_inserter(all));
  }
  return all;
}

std::optional<Gaps> FluteSessions::gaps(std::int64_t no, std::size_t most) const {
  for (const auto& [key, session] : sessions_)
    if (auto gaps = session.gaps(no, most)) return gaps;
  return std::nullopt;
}

bool FluteSessions::fill(const ObjectKey& key, std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  return std::ranges::any_of(sessions_, [&](auto& one) { return one.second.fill(key, offset, bytes); });
}

void FluteSessions::again(const ObjectKey& key) {
  for (auto& [place, session] : sessions_) session.again(key);
}

bool FluteSessions::holds(const fs::path& stem) const {
  return std::ranges::any_of(sessions_, [&](const auto& one) { return one.second.holds(stem); });
}

void FluteSessions::skip(const std::string& session, const std::string& folder, const std::string& name) {
  for (auto& [key, one] : sessions_)
    if (session_name(key.source, key.tsi) == session) one.skip(folder, name);
}

}  // namespace edu::multicast
