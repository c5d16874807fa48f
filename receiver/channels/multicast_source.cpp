#include "receiver/channels/multicast_source.h"

#include <algorithm>
#include <stdexcept>
#include <system_error>

#include <boost/asio/redirect_error.hpp>
#include <fmt/format.h>

#include "base/diagnostics.h"

namespace edu::receiver {
namespace {

// So long a file waits for the manifest and the signature that its sender has announced. A carousel's pass
// may take hours, and what is refused for want of a signature is not taken again.
constexpr milliseconds kPatience = std::chrono::minutes(1);            // when signatures are not looked at
constexpr milliseconds kPatiencePreferred = std::chrono::minutes(10);  // when they are, if there are any
constexpr milliseconds kPatienceRequired = std::chrono::hours(24);
constexpr milliseconds kLook{1000};
constexpr milliseconds kAfterTrouble = std::chrono::minutes(10);  // of the station's own: a full disk
// Files that wait: beyond the first bound nobody waits for his manifest any more, beyond the second one what
// comes is left to the next pass.
constexpr std::size_t kManyWaiting = 4096, kMostWaiting = 4 * kManyWaiting;
constexpr std::size_t kMostGaps = 20'000;  // runs of an object that are asked for from the web at a time
constexpr std::int64_t kNumbersOfAChannel = 1'000'000;

// A name for a folder, of text that people chose.
std::string folder_name(std::string_view text) {
  return to_hex(Sha256().update(text).finish()).substr(0, 16);
}

std::map<std::string, WebFill::Rule> rules_of(const std::vector<config::Channel>& channels) {
  std::map<std::string, WebFill::Rule> rules;
  for (const auto& one : channels) rules[one.name] = {one.web_fill_after, one.web_fill_percent};
  return rules;
}

milliseconds patience(Policy trust) {
  return trust == Policy::off         ? kPatience
         : trust == Policy::preferred ? kPatiencePreferred
                                      : kPatienceRequired;
}

// A delivered file lies in a folder of its object's: ready/<session>/<folder>/<key>/<digest>/<name>.
fs::path object_folder(const fs::path& file) { return file.parent_path().parent_path(); }

Companions::Place place_of(const multicast::Ended& ended) { return {ended.session, ended.folder}; }

}  // namespace

struct MulticastSource::OnAir {
  multicast::ChannelStatus status;
  std::unique_ptr<multicast::Channel> channel;
  Companions companions;
};

MulticastSource::MulticastSource(asio::any_io_executor loop, Parts parts,
                                 const std::vector<config::Channel>& channels, const fs::path& folder,
                                 const config::Receiver& settings, Policy trust)
    : loop_(loop), parts_(std::move(parts)), trust_(trust) {
  for (const auto& channel : channels) {
    auto on_air = std::make_unique<OnAir>();
    auto* const self = on_air.get();
    multicast::Channel::Parts needs{
        parts_.files,
        parts_.clock,
        [&store = parts_.store](std::uint64_t bytes) -> std::optional<Refusal> {
          if (auto room = store.room_for(bytes); !room) return room.error();
          return std::nullopt;
        },
        is_companion_name,
        [this, self](multicast::Ended one) {
          asio::post(loop_, [this, self, one = std::move(one)]() mutable { ended(*self, std::move(one)); });
        },
        [this, self](multicast::ChannelStatus now) {
          asio::post(loop_,
                     [this, self, now = std::move(now)]() mutable { reported(*self, std::move(now)); });
        },
        settings.largest_file_mb << 20,
        static_cast<std::int64_t>(channels_.size()) * kNumbersOfAChannel + 1};
    on_air->status.name = channel.name;
    on_air->status.group = channel.group;
    on_air->status.port = channel.port;
    on_air->status.bandwidth = channel.bandwidth;
    try {
      on_air->channel =
          std::make_unique<multicast::Channel>(std::move(needs), channel, folder / folder_name(channel.name));
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(fmt::format("channel \"{}\": {}", channel.name, error.what()));
    }
    channels_.push_back(std::move(on_air));
  }
  web_ = std::make_unique<WebFill>(web_parts(), rules_of(channels));
}

MulticastSource::~MulticastSource() = default;

void MulticastSource::start() {
  for (auto& one : channels_) {
    recover(*one);
    one->channel->start();
  }
}

// What was delivered and not recorded when the station ended.
void MulticastSource::recover(OnAir& channel) {
  const auto& ready = channel.channel->ready();
  for (const auto& file : fs::recursive_directory_iterator(ready)) {
    if (!file.is_regular_file()) continue;
    const auto path = file.path().lexically_relative(ready);
    const std::vector<std::string> steps(path.begin(), path.end());
    if (steps.size() != 5) continue;
    const auto key = digest_from_hex(steps[2]), digest = digest_from_hex(steps[3]);
    if (!key || !digest) continue;
    multicast::Ended one;
    one.session = steps[0];
    one.folder = steps[1];
    one.key = *key;
    one.name = steps[4];
    one.companion = is_companion_name(one.name);
    one.file = {file.path(), *digest, file.file_size()};
    const bool beside =
        one.companion && std::ranges::distance(fs::directory_iterator(file.path().parent_path()),
                                               fs::directory_iterator()) > 1;
    if (!beside) ended(channel, std::move(one), true);
  }
}

void MulticastSource::reported(OnAir& channel, multicast::ChannelStatus now) {
  const auto events = events_.report(now, parts_.clock.now(), parts_.clock.mono());
  channel.status = std::move(now);
  for (const auto& event : events) parts_.tell(event);
}

awaitable<void> MulticastSource::stop() {
  auto work = [this] {
    for (auto& one : channels_) one->channel->stop();
    return true;
  };
  co_await parts_.workers.run(work);
}

std::vector<multicast::ChannelStatus> MulticastSource::status() const {
  std::vector<multicast::ChannelStatus> out;
  for (const auto& one : channels_) out.push_back(one->status);
  return out;
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
  if (!one.leftover && !recovered) channel.companions.expect(place_of(one), one.companions_left);
  if (waiting_.size() >= kMostWaiting && !recovered && !one.refusal) {
    channel.channel->again(one.key);
    return asio::co_spawn(loop_, clear({one.file.path}), asio::detached);
  }
  Waiting waiting{&channel, std::move(one), parts_.clock.mono() + patience(trust_), {}, recovered};
  if (waiting.ended.companion)
    waiting_.push_front(std::move(waiting));
  else
    waiting_.push_back(std::move(waiting));
  for (auto* sleeper : sleepers_) sleeper->cancel();
}

bool MulticastSource::is_ready(const Waiting& waiting) const {
  const auto now = parts_.clock.mono();
  const auto& one = waiting.ended;
  if (now < waiting.after) return false;
  if (one.companion || one.refusal || now >= waiting.until || waiting_.size() > kManyWaiting) return true;
  const auto& companions = waiting.channel->companions;
  // Nobody knows what the session has announced before it was heard again.
  if (waiting.recovered && trust_ != Policy::off) return companions.is_signed(place_of(one), one.name);
  return companions.complete_for(place_of(one), one.name);
}

std::optional<MulticastSource::Waiting> MulticastSource::next_ready() {
  const auto ready = std::ranges::find_if(waiting_, [this](const Waiting& one) { return is_ready(one); });
  if (ready == waiting_.end()) return std::nullopt;
  auto out = std::move(*ready);
  waiting_.erase(ready);
  return out;
}

// Each run() sleeps for itself: a timer that is set anew ends the sleep of whoever shares it.
awaitable<void> MulticastSource::wait() {
  asio::steady_timer sleeper(loop_, kLook);
  const auto place = sleepers_.insert(sleepers_.end(), &sleeper);
  boost::system::error_code woken;
  auto token = asio::redirect_error(asio::use_awaitable, woken);
  co_await sleeper.async_wait(token);
  sleepers_.erase(place);
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
}

awaitable<void> MulticastSource::step(std::optional<Waiting> next) {
  const bool known = next && next->ended.companion && !next->ended.refusal;
  auto step = !next ? wait() : known ? learn(*std::move(next)) : deliver(*std::move(next));
  co_await std::move(step);
}

awaitable<void> MulticastSource::run() {
  for (;;) {
    auto next = next_ready();
    std::string failure;
    try {
      auto going = step(next);
      co_await std::move(going);
    } catch (const std::exception& error) {
      failure = error.what();
    }
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
    if (failure.empty()) continue;
    spdlog::error("multicast: {}; trying again in {} s", failure, kAfterTrouble.count() / 1000);
    if (next) again(*std::move(next), kAfterTrouble);
  }
}

// A manifest or a signature: kept for the files that it is about.
awaitable<void> MulticastSource::learn(Waiting waiting) {
  const auto& ended = waiting.ended;
  const auto place = place_of(ended);
  auto& companions = waiting.channel->companions;
  auto gone = companions.add(place, ended.name, ended.file.path, ended.file.size);
  auto clearing = clear(std::move(gone));
  co_await std::move(clearing);
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
    for (const auto& file : files) fs::remove_all(object_folder(file), ignored);
    return true;
  };
  auto clearing = parts_.workers.run(std::move(work));
  co_await std::move(clearing);
}

Arrival MulticastSource::arrival_of(const Waiting& waiting) {
  const auto& ended = waiting.ended;
  Arrival arrival;
  arrival.path = ended.file.path;
  arrival.name = ended.name;
  arrival.means = "multicast";
  arrival.source = fmt::format("{} · {}", waiting.channel->status.name, ended.session);
  arrival.failed = ended.refusal;
  arrival.once = ended.leftover || waiting.after != milliseconds{};
  arrival.started_ms = to_ms(ended.started);
  arrival.digest = ended.file.digest;
  arrival.consume = arrival.stays = true;
  arrival.trust = trust_;
  return arrival;
}

// How its manifest describes it. False: the disk is in the way.
awaitable<bool> MulticastSource::describe(const multicast::Ended& ended, Statements statements,
                                          std::optional<Description>& description) {
  auto look = [&] {
    try {
      if (fs::exists(ended.file.path))
        description = receiver::describe(parts_.files, statements, ended.file.path);
      return true;
    } catch (const std::system_error& error) {
      spdlog::error("multicast: {}", error.what());
      return false;
    }
  };
  co_return co_await parts_.workers.run(look);
}

void MulticastSource::again(Waiting waiting, milliseconds after) {
  waiting.after = parts_.clock.mono() + after;
  waiting_.push_back(std::move(waiting));
}

// To the intake; once that is recorded its key is remembered and what is left of it removed.
awaitable<void> MulticastSource::deliver(Waiting waiting) {
  auto arrival = arrival_of(waiting);
  const auto& ended = waiting.ended;
  if (!ended.refusal) {
    auto statements = waiting.channel->companions.about(place_of(ended), ended.name);
    auto describing = describe(ended, std::move(statements), arrival.description);
    const bool good = co_await std::move(describing);
    if (!good) co_return again(std::move(waiting), kAfterTrouble);
  }
  auto taking = parts_.take(std::move(arrival));
  const auto reception = co_await std::move(taking);
  if (!reception) co_return again(std::move(waiting), kLook);  // too many wait
  auto concluding = conclude(std::move(waiting), reception->refusal);
  co_await std::move(concluding);
}

// After its record: what is final is not received again.
awaitable<void> MulticastSource::conclude(Waiting waiting, std::optional<Refusal> refusal) {
  const auto& ended = waiting.ended;
  auto& channel = *waiting.channel->channel;
  if (ended.leftover) co_return channel.discard(*ended.leftover);
  const bool final = !refusal || refusal->kind == Refusal::Kind::invalid;
  auto gone = std::vector<fs::path>();
  if (final) {
    const bool webs_fault = refusal && web_->helped(ended.key);  // the carousel alone may bring it right
    webs_fault ? channel.again(ended.key) : channel.done(ended.key);
    web_->ended(ended.key, !refusal);
    if (!webs_fault) gone = waiting.channel->companions.forget_about(place_of(ended), ended.name);
    if (!ended.refusal) gone.push_back(ended.file.path);
  }
  auto clearing = clear(std::move(gone));
  co_await std::move(clearing);
  if (!final && !ended.refusal) again(std::move(waiting), kAfterTrouble);  // it lies here whole
}

awaitable<Result<multicast::Gaps>> MulticastSource::gaps(std::int64_t no, std::size_t most) {
  const auto index = static_cast<std::size_t>((no - 1) / kNumbersOfAChannel);
  auto answer = std::make_shared<std::optional<multicast::Gaps>>();
  if (no > 0 && index < channels_.size()) {
    auto done = std::make_shared<asio::steady_timer>(loop_, std::chrono::seconds(10));
    auto tell = [this, done, answer](std::optional<multicast::Gaps> gaps) {
      asio::post(loop_, [done, answer, gaps = std::move(gaps)]() mutable {
        *answer = std::move(gaps);
        done->cancel();
      });
    };
    channels_[index]->channel->ask_gaps(no, most, tell);
    boost::system::error_code woken;
    auto token = asio::redirect_error(asio::use_awaitable, woken);
    co_await done->async_wait(token);
  }
  if (*answer) {
    auto found = *std::move(*answer);
    found.sha256 = channels_[index]->companions.digest_of({found.session, found.folder}, found.name);
    co_return found;
  }
  co_return refuse("receiver.no_object", {{"no", std::to_string(no)}}, Refusal::Kind::not_found);
}

awaitable<bool> MulticastSource::fill(multicast::ObjectKey key, std::uint64_t offset,
                                      std::vector<std::uint8_t> bytes) {
  bool taken = false;
  for (auto& one : channels_) {
    auto answer = std::make_shared<bool>(false);
    auto done = std::make_shared<asio::steady_timer>(loop_, std::chrono::seconds(10));
    auto tell = [this, done, answer](bool good) {
      asio::post(loop_, [done, answer, good] {
        *answer = good;
        done->cancel();
      });
    };
    one->channel->fill(key, offset, bytes, tell);
    boost::system::error_code woken;
    auto token = asio::redirect_error(asio::use_awaitable, woken);
    co_await done->async_wait(token);
    taken = taken || *answer;
  }
  co_return taken;
}

WebFill::Parts MulticastSource::web_parts() {
  WebFill::Parts parts{
      parts_.web.fetch,
      [this](multicast::Gaps of, bool by_hand) { return addresses(std::move(of), by_hand); },
      parts_.web.open_now,
      [this](std::int64_t no) { return gaps(no, kMostGaps); },
      [this](multicast::ObjectKey key, std::uint64_t offset, std::vector<std::uint8_t> bytes) {
        return fill(key, offset, std::move(bytes));
      },
      [this] { return status(); },
      parts_.clock};
  return parts;
}

// An address that anybody could have sent is fetched only when a person says so.
awaitable<std::vector<std::string>> MulticastSource::addresses(multicast::Gaps gaps, bool by_hand) {
  std::vector<std::string> out;
  if (!parts_.web.fetch) co_return out;
  if (!gaps.sha256.empty()) out = parts_.web.known(gaps.sha256);
  const auto channel = static_cast<std::size_t>((gaps.no - 1) / kNumbersOfAChannel);
  const Companions::Place place{gaps.session, gaps.folder};
  const auto statements = channels_.at(channel)->companions.about(place, gaps.name);
  auto look = [&] {
    return receiver::addresses(statements, gaps.sha256, parts_.trust, by_hand && trust_ != Policy::required);
  };
  const auto found = co_await parts_.workers.run(look);
  out.insert(out.end(), found.begin(), found.end());
  co_return out;
}

awaitable<Result<WebFill::Order>> MulticastSource::fill_from_web(std::int64_t no) { return web_->order(no); }

awaitable<void> MulticastSource::run_web_fill() { return web_->run(); }

}  // namespace edu::receiver
