// MulticastSource's channels: made, begun, and made again when one fails. One channel's fault is its own.
#include <exception>

#include "base/diagnostics.h"
#include "base/retry.h"
#include "receiver/channels/on_air.h"
#include "receiver/channels/recorded_keys.h"
#include "receiver/multicast/ready.h"

namespace edu::receiver {
namespace {

constexpr BackOff kReopen{std::chrono::seconds(1), std::chrono::minutes(1)};  // a channel that failed

}  // namespace

std::unique_ptr<multicast::Channel> MulticastSource::make_channel(OnAir& on_air) {
  auto* const self = &on_air;
  multicast::Channel::Parts parts{
      .files = parts_.files,
      .clock = parts_.clock,
      .room = [&store = parts_.store](std::uint64_t bytes) { return store.room_for(bytes); },
      .is_companion = is_companion_name,
      .ended =
          [this, self](multicast::Ended one) {
            asio::post(loop_, [this, self, one = std::move(one)]() mutable { ended(*self, std::move(one)); });
          },
      .report =
          [this, self](multicast::ChannelStatus now) {
            asio::post(loop_,
                       [this, self, now = std::move(now)]() mutable { reported(*self, std::move(now)); });
          },
      .largest = on_air.largest,
      .first_no = on_air.first_no};
  return std::make_unique<multicast::Channel>(std::move(parts), on_air.settings, on_air.folder,
                                              parts_.listen(on_air.settings));
}

// One channel's fault is its own: the others and the station go on.
void MulticastSource::open(OnAir& on_air) {
  try {
    on_air.channel = make_channel(on_air);
    recover(on_air);
    pass_over_known(on_air);
    on_air.channel->start();
    on_air.down = false;
  } catch (const std::exception& error) {
    failed(on_air, error.what());
  }
}

// What has its record is not received again. What lies here for it may be: then more is known of it.
void MulticastSource::pass_over_known(OnAir& on_air) {
  for (const auto& key : recorded_keys(*open_read_only(parts_.database))) on_air.channel->done(key);
}

void MulticastSource::failed(OnAir& on_air, const std::string& what) {
  on_air.down = true;
  ++on_air.failures;
  const auto wait = kReopen.after(on_air.failures);
  on_air.again = parts_.clock.mono() + wait;
  spdlog::error("channel {}: {}; it is tried again in {} s", on_air.settings.name, what, wait.count() / 1000);
  auto now = on_air.status;
  now.listening = false;
  now.trouble = what;
  for (const auto& event : events_.report(now, parts_.clock.now(), parts_.clock.mono())) parts_.tell(event);
  on_air.status = std::move(now);
}

MulticastSource::OnAir* MulticastSource::due() {
  for (auto& one : channels_)
    if (one->down && !one->opening && parts_.clock.mono() >= one->again) {
      one->opening = true;
      return one.get();
    }
  return nullptr;
}

// What is left of the old one ends on a worker: its threads may have something for the disk.
awaitable<void> MulticastSource::open_again(OnAir& on_air) {
  auto end = [&on_air] {
    if (on_air.channel) on_air.channel->stop();
    return true;
  };
  co_await parts_.workers.run(end);
  open(on_air);
  on_air.opening = false;
}

// What was delivered and not recorded when the station ended. Second names of companions, beside the file
// that they are about, are no objects of their own.
void MulticastSource::recover(OnAir& channel) {
  const auto& ready = channel.channel->ready();
  std::vector<multicast::Ended> found;
  for (const auto& file : multicast::files_in(ready)) {
    const auto path = multicast::path_of(ready, file);
    multicast::Ended one;
    one.session = file.session;
    one.folder = file.folder;
    one.key = file.key;
    one.name = file.name;
    one.location = multicast::location_of(path);
    one.companion = is_companion_name(one.name);
    one.file = {path, file.digest, fs::file_size(path)};  // throws: open
    // throws: open
    const bool beside = one.companion && std::ranges::distance(fs::directory_iterator(path.parent_path()),
                                                               fs::directory_iterator()) > 1;
    const auto waits = [&](const Waiting& other) {
      return other.channel == &channel && other.ended.file.path == path;
    };
    if (!beside && std::ranges::none_of(waiting_, waits)) found.push_back(std::move(one));
  }
  for (auto& one : found) ended(channel, std::move(one), true);
}

void MulticastSource::reported(OnAir& channel, multicast::ChannelStatus now) {
  if (now.failed) return failed(channel, now.trouble);
  if (channel.down) return;  // its last words
  if (now.listening) channel.failures = 0;
  const auto events = events_.report(now, parts_.clock.now(), parts_.clock.mono());
  channel.status = std::move(now);
  for (const auto& event : events) parts_.tell(event);
}

}  // namespace edu::receiver
