#include <algorithm>
#include <stdexcept>
#include <system_error>

#include <boost/asio/redirect_error.hpp>
#include <fmt/format.h>

#include <base/diagnostics.h>
#include <receiver/multicast_source.h>

namespace edu::receiver {
namespace {

constexpr milliseconds kManifestPatience{60'000};
constexpr milliseconds kLook{1000};
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

}  // namespace

struct MulticastSource::OnAir {
  multicast::ChannelStatus status;
  std::unique_ptr<multicast::Channel> channel;
};

MulticastSource::MulticastSource(asio::any_io_executor loop, Parts parts,
                                 const std::vector<config::Channel>& channels, const fs::path& folder,
                                 const config::Receiver& settings, Policy trust)
    : loop_(loop), parts_(std::move(parts)), trust_(trust), woken_(loop_) {
  for (const auto& channel : channels) {
    auto on_air = std::make_unique<OnAir>();
    auto* const self = on_air.get();
    multicast::Channel::Parts needs{
        parts_.files,
        parts_.clock,
        [&store = parts_.store](std::uint64_t bytes) { return store.no_room_for(bytes); },
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

// What was delivered and not recorded when the station ended: ready/<session>/<digest>/<name>.
void MulticastSource::recover(OnAir& channel) {
  for (const auto& file : fs::recursive_directory_iterator(channel.channel->ready())) {
    if (!file.is_regular_file()) continue;
    const auto digest = digest_from_hex(file.path().parent_path().filename().string());
    if (!digest) continue;
    multicast::Ended one;
    one.session = file.path().parent_path().parent_path().filename().string();
    one.name = file.path().filename().string();
    one.companion = is_companion_name(one.name);
    one.file = {file.path(), *digest, file.file_size()};
    const bool beside =
        one.companion && std::ranges::distance(fs::directory_iterator(file.path().parent_path()),
                                               fs::directory_iterator()) > 1;
    if (!beside) ended(channel, std::move(one));
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

void MulticastSource::ended(OnAir& channel, multicast::Ended one) {
  if (!one.companion) parts_.tell(ChannelEvents::ended(channel.status.name, one));
  if (!one.leftover) companions(channel, one.session).expect(one.companions_left);
  Waiting waiting{&channel, std::move(one), parts_.clock.mono() + kManifestPatience};
  if (waiting.ended.companion)
    waiting_.push_front(std::move(waiting));
  else
    waiting_.push_back(std::move(waiting));
  woken_.cancel();
}

Companions& MulticastSource::companions(const OnAir& channel, const std::string& session) {
  return companions_[{channel.status.name, session}];
}

std::optional<MulticastSource::Waiting> MulticastSource::next_ready() {
  const auto now = parts_.clock.mono();
  const auto ready = std::ranges::find_if(waiting_, [&](const Waiting& one) {
    return one.ended.companion || one.ended.refusal || now >= one.until ||
           companions(*one.channel, one.ended.session).complete_for(one.ended.name);
  });
  if (ready == waiting_.end()) return std::nullopt;
  auto out = std::move(*ready);
  waiting_.erase(ready);
  return out;
}

awaitable<void> MulticastSource::wait() {
  woken_.expires_after(kLook);
  boost::system::error_code woken;
  auto token = asio::redirect_error(asio::use_awaitable, woken);
  co_await woken_.async_wait(token);
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
}

awaitable<void> MulticastSource::run() {
  while (true) {
    auto next = next_ready();
    const bool known = next && next->ended.companion && !next->ended.refusal;
    auto step = !next ? wait() : known ? learn(*std::move(next)) : deliver(*std::move(next));
    co_await std::move(step);
  }
}

// A manifest or a signature: kept for the files that it is about.
awaitable<void> MulticastSource::learn(Waiting waiting) {
  const auto& name = waiting.ended.name;
  const auto& path = waiting.ended.file.path;
  if (!companions(*waiting.channel, waiting.ended.session).add(name, path)) co_return;
  if (!is_manifest_name(name)) co_return;
  std::vector<std::string> held;
  std::optional<Manifest> content;
  auto work = [&] {
    auto manifest = read_manifest(path);
    if (!manifest.content) return false;
    for (const auto& [file, sha256] : files_of(name, *manifest.content))
      if (!sha256.empty() && parts_.store.holds(sha256)) held.push_back(file);
    content = *std::move(manifest.content);
    return true;
  };
  const bool good = co_await parts_.workers.run(work);
  if (good) companions(*waiting.channel, waiting.ended.session).read(name, *std::move(content));
  for (const auto& file : held) waiting.channel->channel->skip(waiting.ended.session, file);
}

Arrival MulticastSource::arrival_of(const Waiting& waiting) {
  const auto& ended = waiting.ended;
  Arrival arrival;
  arrival.path = ended.file.path;
  arrival.name = ended.name;
  arrival.means = "multicast";
  arrival.source = fmt::format("{} · {}", waiting.channel->status.name, ended.session);
  arrival.failed = ended.refusal;
  arrival.once = ended.leftover.has_value();
  arrival.started_ms = to_ms(ended.started);
  arrival.digest = ended.file.digest;
  arrival.consume = true;
  arrival.trust = trust_;
  return arrival;
}

// To the intake; once that is recorded its key is remembered and what is left of it removed.
awaitable<void> MulticastSource::deliver(Waiting waiting) {
  auto arrival = arrival_of(waiting);
  const auto& ended = waiting.ended;
  if (!ended.refusal) {
    const auto known = companions(*waiting.channel, ended.session);
    auto look = [&] {
      arrival.description = known.describe(parts_.files, ended.file.path);
      return true;
    };
    co_await parts_.workers.run(look);
  }
  auto taking = parts_.take(std::move(arrival));
  const auto reception = co_await std::move(taking);
  if (!reception) {  // too many wait: in a moment again
    waiting_.push_back(std::move(waiting));
    co_await wait();
    co_return;
  }
  if (ended.leftover) {
    waiting.channel->channel->discard(*ended.leftover);
    co_return;
  }
  const auto& refusal = reception->refusal;
  const bool final = !refusal || refusal->kind == Refusal::Kind::invalid;
  const bool webs_fault = refusal && final && web_->helped(ended.key);
  if (webs_fault)
    waiting.channel->channel->again(ended.key);  // the carousel alone may bring it right
  else if (final)
    waiting.channel->channel->done(ended.key);
  if (final) web_->ended(ended.key, !refusal);
  if (ended.refusal) co_return;
  auto clear = [folder = ended.file.path.parent_path()] {
    std::error_code ignored;
    return fs::remove_all(folder, ignored) > 0;
  };
  co_await parts_.workers.run(clear);
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
    found.sha256 = companions(*channels_[index], found.session).digest_of(found.name);
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
  const auto known = companions(*channels_.at(channel), gaps.session);
  auto look = [&] {
    return known.addresses(gaps.name, gaps.sha256, parts_.trust, by_hand && trust_ != Policy::required);
  };
  const auto found = co_await parts_.workers.run(look);
  out.insert(out.end(), found.begin(), found.end());
  co_return out;
}

awaitable<Result<WebFill::Order>> MulticastSource::fill_from_web(std::int64_t no) { return web_->order(no); }

awaitable<void> MulticastSource::run_web_fill() { return web_->run(); }

}  // namespace edu::receiver
