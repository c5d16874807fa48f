#include "receiver/channels/multicast_source.h"

#include <algorithm>
#include <system_error>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/retry.h"
#include "receiver/channels/answer.h"
#include "receiver/channels/on_air.h"
#include "receiver/channels/recorded_keys.h"
#include "receiver/multicast/ready.h"

namespace edu::receiver {
namespace {

// So long a file waits for the manifest and the signature that its sender has announced. A carousel's pass
// may take hours, and what is refused for want of a signature is not taken again.
constexpr milliseconds kPatience = std::chrono::minutes(1);            // when signatures are not looked at
constexpr milliseconds kPatiencePreferred = std::chrono::minutes(10);  // when they are, if there are any
constexpr milliseconds kPatienceRequired = std::chrono::hours(24);
constexpr milliseconds kLook{1000};
// After trouble of the station's own: a full disk, a read error. The first is often over at once.
constexpr BackOff kAfterTrouble{std::chrono::seconds(2), std::chrono::minutes(10)};
// Files that wait: beyond the first bound nobody waits for his manifest any more, beyond the second one what
// comes is left to the next pass.
constexpr std::size_t kManyWaiting = 4096, kMostWaiting = 4 * kManyWaiting;
constexpr milliseconds kAnswer = std::chrono::seconds(10);  // a channel that has stopped does not answer
constexpr std::int64_t kNumbersOfAChannel = 1'000'000;

// A name for a folder, of text that people chose.
std::string folder_name(std::string_view text) {
  return to_hex(Sha256().update(text).finish()).substr(0, 16);
}

milliseconds patience(Policy trust) {
  return trust == Policy::off         ? kPatience
         : trust == Policy::preferred ? kPatiencePreferred
                                      : kPatienceRequired;
}

Companions::Place place_of(const multicast::Ended& ended) { return {ended.session, ended.folder}; }

Refusal our_fault(std::string what) {
  return {"receiver.storage_failed", {{"what", std::move(what)}}, Refusal::Kind::unavailable};
}

// Then it is not received again. A read error of our own copy says nothing about the file, nor does what the
// sender may take back.
bool is_final(const multicast::Ended& ended, const Refusal* refusal) {
  if (!refusal) return true;
  const bool ours = !ended.refusal && refusal->code == "receiver.unreadable";
  return refusal->kind == Refusal::Kind::invalid && !ours;
}

}  // namespace

MulticastSource::MulticastSource(asio::any_io_executor loop, Parts parts,
                                 const std::vector<config::Channel>& channels, const fs::path& folder,
                                 const config::Receiver& settings, Policy trust)
    : loop_(loop),
      parts_(std::move(parts)),
      trust_(trust),
      bell_(loop, asio::steady_timer::time_point::max()) {
  for (const auto& channel : channels) {
    auto one = std::make_unique<OnAir>();
    one->settings = channel;
    one->folder = folder / folder_name(channel.name);
    one->largest = settings.largest_file_mb << 20;
    one->first_no = static_cast<std::int64_t>(channels_.size()) * kNumbersOfAChannel + 1;
    one->status.name = channel.name;
    one->status.group = channel.group;
    one->status.port = channel.port;
    one->status.bandwidth = channel.bandwidth;
    channels_.push_back(std::move(one));
  }
}

MulticastSource::~MulticastSource() = default;

void MulticastSource::start() {
  for (auto& one : channels_) open(*one);
}

awaitable<void> MulticastSource::stop() {
  auto work = [this] {
    for (auto& one : channels_)
      if (one->channel) one->channel->stop();
    return true;
  };
  co_await parts_.workers.run(work);
}

std::vector<multicast::ChannelStatus> MulticastSource::status() const {
  std::vector<multicast::ChannelStatus> out;
  for (const auto& one : channels_) {
    out.push_back(one->status);
    add_waiting(out.back(), *one);
  }
  return out;
}

// Whole files that lie here for their record: among the channel's objects, and what the station itself is to
// blame for among its notes.
void MulticastSource::add_waiting(multicast::ChannelStatus& status, const OnAir& channel) const {
  std::uint64_t ours = 0;
  for (const auto& one : waiting_) {
    if (one.channel != &channel || one.ended.companion || one.ended.refusal) continue;
    if (one.failures > 0) ++ours;
    if (status.objects.size() >= multicast::Channel::kMostShown) continue;
    multicast::ObjectStatus object;
    object.no = one.ended.no;
    object.session = one.ended.session;
    object.name = one.ended.name;
    object.state = multicast::ObjectState::done;
    object.bytes = object.received = one.ended.file.size;
    object.started = one.ended.started;
    object.why = why_waiting(one);
    status.objects.push_back(std::move(object));
  }
  if (ours > 0) status.notes.push_back({"", {"multicast.waiting", {{"count", std::to_string(ours)}}}});
}

Refusal MulticastSource::why_waiting(const Waiting& waiting) const {
  if (waiting.failures > 0) return waiting.why;
  if (trust_ == Policy::off) return {"receiver.waiting_manifest", {}};
  return {"receiver.waiting_signature", {}};
}

std::vector<SourceState> MulticastSource::states() const {
  std::vector<SourceState> out;
  for (const auto& one : channels_) {
    const auto& status = one->status;
    SourceState state;
    state.name = status.name;
    state.means = "multicast";
    state.where = fmt::format("{} {}", status.group, status.port);
    state.trust = trust_;
    state.heard = status.heard;
    state.state = !status.listening ? "failing" : status.objects.empty() ? "waiting" : "receiving";
    if (!status.trouble.empty())
      state.problem =
          Refusal{"receiver.channel_trouble", {{"what", status.trouble}}, Refusal::Kind::unavailable};
    out.push_back(std::move(state));
  }
  return out;
}

void MulticastSource::ended(OnAir& channel, multicast::Ended one, bool recovered) {
  if (!one.companion) parts_.tell(ChannelEvents::ended(channel.status.name, one));
  // What an earlier run delivered and the carousel has brought again is one arrival.
  const auto same = [&](const Waiting& other) {
    return other.channel == &channel && other.ended.file.path == one.file.path;
  };
  if (!one.refusal && !one.companion && !recovered) std::erase_if(waiting_, same);
  if (!one.leftover && !recovered) channel.companions.expect(place_of(one), one.companions_left);
  if (waiting_.size() >= kMostWaiting && !recovered && !one.refusal) {
    channel.channel->again(one.key);
    return asio::co_spawn(loop_, clear({one.file.path}), asio::detached);
  }
  if (one.started == WallTime{}) one.started = parts_.clock.now();  // by which its record is known again
  Waiting waiting{&channel, std::move(one), parts_.clock.mono() + patience(trust_), {}, recovered};
  if (waiting.ended.companion)
    waiting_.push_front(std::move(waiting));
  else
    waiting_.push_back(std::move(waiting));
  ++rung_;
  bell_.cancel();
}

bool MulticastSource::is_ready(const Waiting& waiting) const {
  const auto now = parts_.clock.mono();
  const auto& one = waiting.ended;
  if (waiting.channel->down || (now < waiting.after && !has_room(waiting))) return false;
  if (one.companion || one.refusal || now >= waiting.until || waiting_.size() > kManyWaiting) return true;
  const auto& companions = waiting.channel->companions;
  // Nobody knows what the session has announced before it was heard again.
  if (waiting.recovered && trust_ != Policy::off) return companions.is_signed(place_of(one), one.name);
  return companions.complete_for(place_of(one), one.name);
}

// For one that waits for room on the disk.
bool MulticastSource::has_room(const Waiting& waiting) const {
  return waiting.why.kind == Refusal::Kind::no_space &&
         parts_.store.room_for(waiting.ended.file.size).has_value();
}

std::optional<MulticastSource::Waiting> MulticastSource::next_ready() {
  const auto ready = std::ranges::find_if(waiting_, [this](const Waiting& one) { return is_ready(one); });
  if (ready == waiting_.end()) return std::nullopt;
  auto out = std::move(*ready);
  waiting_.erase(ready);
  return out;
}

// For a look, or until there is something new.
awaitable<void> MulticastSource::wait() {
  using namespace asio::experimental::awaitable_operators;
  co_await (parts_.clock.pause(kLook) || rung(rung_));
}

awaitable<void> MulticastSource::rung(unsigned since) {
  if (rung_ != since) co_return;
  boost::system::error_code woken;
  auto token = asio::redirect_error(asio::use_awaitable, woken);
  co_await bell_.async_wait(token);
}

awaitable<void> MulticastSource::step(std::optional<Waiting> next) {
  const bool known = next && next->ended.companion && !next->ended.refusal;
  auto* const closed = next ? nullptr : due();
  auto step = closed  ? open_again(*closed)
              : !next ? wait()
              : known ? learn(*std::move(next))
                      : deliver(*std::move(next));
  co_await std::move(step);
}

awaitable<void> MulticastSource::run() {
  for (;;) {
    auto next = next_ready();
    const auto failure = co_await failure_of(step(next));
    if (!failure) continue;
    spdlog::error("multicast: {}; it is tried again", *failure);
    if (next) again(*std::move(next), our_fault(*failure));
  }
}

// A manifest or a signature: kept for the files that it is about.
awaitable<void> MulticastSource::learn(Waiting waiting) {
  const auto& ended = waiting.ended;
  const auto place = place_of(ended);
  auto& companions = waiting.channel->companions;
  auto gone = companions.add(place, ended.name, ended.file.path, ended.file.size);
  co_await clear(std::move(gone));
  if (!is_manifest_name(ended.name)) co_return;
  std::vector<std::string> held;
  std::optional<Manifest> content;
  auto work = [&] {
    auto manifest = read_manifest(ended.file.path);
    if (!manifest.content) return false;
    for (const auto& [file, sha256] : files_of(ended.name, *manifest.content))
      if (!sha256.empty() && parts_.store.holds(sha256)) held.push_back(file);
    content = *std::move(manifest.content);
    return true;
  };
  const bool good = co_await parts_.workers.run(work);
  if (good) companions.read(place, ended.name, *content);
  for (const auto& file : held) waiting.channel->channel->skip(place.session, place.folder, file);
}

// Companions that are of no use any more, with their objects' folders.
awaitable<void> MulticastSource::clear(std::vector<fs::path> files) {
  if (files.empty()) co_return;
  auto work = [files = std::move(files)] {
    std::error_code ignored;
    for (const auto& file : files) fs::remove_all(multicast::object_folder(file), ignored);
    return true;
  };
  co_await parts_.workers.run(std::move(work));
}

Arrival MulticastSource::arrival_of(const Waiting& waiting) {
  const auto& ended = waiting.ended;
  Arrival arrival;
  arrival.path = ended.file.path;
  arrival.name = ended.name;
  arrival.origin.means = "multicast";
  arrival.origin.source = fmt::format("{} · {}", waiting.channel->status.name, ended.session);
  if (!ended.location.empty()) arrival.origin.source += " · " + ended.location;
  arrival.failed = ended.refusal;
  arrival.perhaps_recorded = ended.leftover || waiting.after != milliseconds{};
  arrival.origin.started_ms = to_ms(ended.started);
  arrival.known.digest = ended.file.digest;
  arrival.afterwards = Arrival::Afterwards::give_up;
  arrival.trust = trust_;
  if (!ended.leftover)
    arrival.with_record = [ended](Database& db, const logs::ReceptionRecorded&, const Refusal* refusal) {
      if (is_final(ended, refusal)) remember_key(db, ended.key);
    };
  return arrival;
}

// How its manifest describes it. False: the disk does not let us.
awaitable<bool> MulticastSource::describe(const multicast::Ended& ended, Statements statements,
                                          std::optional<Description>& description) {
  auto look = [&] {
    try {
      if (fs::exists(ended.file.path))  // throws: here
        description = receiver::describe(parts_.files, statements, ended.file.path);
      return true;
    } catch (const std::system_error& error) {
      spdlog::error("multicast: {}", error.what());
      return false;
    }
  };
  co_return co_await parts_.workers.run(look);
}

void MulticastSource::again(Waiting waiting, Refusal why) {
  waiting.why = std::move(why);
  waiting.after = parts_.clock.mono() + kAfterTrouble.after(++waiting.failures);
  waiting_.push_back(std::move(waiting));
}

// To the intake; once that is recorded its key is remembered and what is left of it removed.
awaitable<void> MulticastSource::deliver(Waiting waiting) {
  auto arrival = arrival_of(waiting);
  const auto& ended = waiting.ended;
  if (waiting.recovered) waiting.channel->channel->hold(ended.key);
  if (!ended.refusal) {
    auto statements = waiting.channel->companions.about(place_of(ended), ended.name);
    const bool good = co_await describe(ended, std::move(statements), arrival.description);
    if (!good) co_return again(std::move(waiting), our_fault(std::generic_category().message(EIO)));
  }
  const auto reception = co_await parts_.take(std::move(arrival));
  if (!reception) co_return again(std::move(waiting), reception.error());  // too many wait
  co_await conclude(std::move(waiting), reception->refusal);
}

awaitable<void> MulticastSource::forget_record(multicast::ObjectKey key) {
  auto unit = [key](Database& db) { return forget_key(db, key), true; };
  co_await parts_.writer.run(unit);
}

// After its record: what is final is not received again.
awaitable<void> MulticastSource::conclude(Waiting waiting, std::optional<Refusal> refusal) {
  const auto& ended = waiting.ended;
  auto& channel = *waiting.channel->channel;
  if (ended.leftover) co_return channel.discard(*ended.leftover);
  const bool final = is_final(ended, refusal ? &*refusal : nullptr);
  auto gone = std::vector<fs::path>();
  if (final) {
    const bool again = parts_.ended(ended.key, !refusal);
    if (again) co_await forget_record(ended.key);
    again ? channel.again(ended.key) : channel.done(ended.key);  // the carousel alone may bring it right
    if (!again) gone = waiting.channel->companions.forget_about(place_of(ended), ended.name);
    if (!ended.refusal) gone.push_back(ended.file.path);
  }
  co_await clear(std::move(gone));
  if (final || ended.refusal) co_return;
  again(std::move(waiting), *std::move(refusal));  // it lies here whole
}

MulticastSource::OnAir* MulticastSource::channel_of(std::int64_t no) const {
  const auto index = static_cast<std::size_t>((no - 1) / kNumbersOfAChannel);
  return no > 0 && index < channels_.size() ? channels_[index].get() : nullptr;
}

awaitable<Result<multicast::Gaps>> MulticastSource::gaps(std::int64_t no, std::size_t most) {
  using Found = std::optional<multicast::Gaps>;
  std::optional<Found> found;
  auto* const on_air = channel_of(no);
  if (on_air && on_air->channel) {
    auto ask = [&](std::function<void(Found)> tell) { on_air->channel->ask_gaps(no, most, std::move(tell)); };
    found = co_await answer_of<Found>(loop_, parts_.clock, kAnswer, ask);
  }
  if (!found || !*found)
    co_return refuse("receiver.no_object", {{"no", std::to_string(no)}}, Refusal::Kind::not_found);
  auto gaps = **std::move(found);
  gaps.sha256 = on_air->companions.digest_of({gaps.session, gaps.folder}, gaps.name);
  co_return gaps;
}

awaitable<bool> MulticastSource::fill(multicast::ObjectKey key, std::uint64_t offset,
                                      std::vector<std::uint8_t> bytes) {
  for (const auto& one : channels_)
    if (co_await offer(*one, key, offset, bytes)) co_return true;
  co_return false;
}

awaitable<bool> MulticastSource::fill(std::int64_t no, multicast::ObjectKey key, std::uint64_t offset,
                                      std::vector<std::uint8_t> bytes) {
  auto* const on_air = channel_of(no);
  if (!on_air) co_return false;
  co_return co_await offer(*on_air, key, offset, std::move(bytes));
}

awaitable<bool> MulticastSource::offer(OnAir& on_air, multicast::ObjectKey key, std::uint64_t offset,
                                       std::vector<std::uint8_t> bytes) {
  if (!on_air.channel) co_return false;
  auto ask = [&](std::function<void(bool)> tell) {
    on_air.channel->fill(key, offset, std::move(bytes), std::move(tell));
  };
  const auto taken = co_await answer_of<bool>(loop_, parts_.clock, kAnswer, ask);
  co_return taken.value_or(false);
}

Statements MulticastSource::statements_of(const multicast::Gaps& object) const {
  const auto* on_air = channel_of(object.no);
  if (!on_air) return {};
  return on_air->companions.about({object.session, object.folder}, object.name);
}

}  // namespace edu::receiver
