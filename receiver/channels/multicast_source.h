// The multicast channels: finished objects of their sessions come in, arrivals for the intake leave.
//
// A file waits a bounded time for the manifest that its session announces, so that it is described (and
// trusted) by it; a manifest that names what the library has already makes the channel pass it over. What is
// delivered lies in the channel's ready folder until it is recorded, so that a start after a power cut takes
// it again. On the loop; the channels have threads of their own (receiver/multicast/channel.h).
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"
#include "base/database.h"
#include "base/workers.h"
#include "config/settings.h"
#include "library/object_store.h"
#include "receiver/channels/channel_events.h"
#include "receiver/intake/sources.h"
#include "receiver/multicast/channel.h"
#include "receiver/multicast/source_of.h"
#include "receiver/trust/companions.h"
#include "receiver/trust/trust.h"

namespace edu::receiver {

class MulticastSource final : public Source {
 public:
  struct Parts {
    Take take;
    Files& files;
    Workers& workers;
    Clock& clock;
    library::ObjectStore& store;
    Writer& writer;     // of the database that has the records, with create_recorded_keys()
    fs::path database;  // its file
    Trust trust = {};
    std::function<void(const ChannelEvent&)> tell = [](const ChannelEvent&) {};
    // An object has come to its end. True: it is received again, because bytes that the channel did not bring
    // may be what is wrong with it.
    std::function<bool(const multicast::ObjectKey&, bool good)> ended = [](const auto&, bool) {
      return false;
    };
    std::function<std::unique_ptr<multicast::PacketSource>(const config::Channel&)> listen =
        multicast::source_of;
  };
  // `folder`: in the data folder, so that what is whole need not be copied. `trust`: what manifests must
  // show.
  MulticastSource(asio::any_io_executor loop, Parts parts, const std::vector<config::Channel>& channels,
                  const fs::path& folder, const config::Receiver& settings, Policy trust = Policy::off);
  ~MulticastSource() override;

  // Takes up what an earlier run left, and begins to listen. A channel that cannot (wrong addresses, a
  // damaged folder) fails alone: status() says why, and run() tries it again.
  void start();
  // Hands over what arrives until it is cancelled, which is the only end. May run several times at once.
  awaitable<void> run();
  awaitable<void> stop();  // brings what was received to the disk; after it nothing is handed over

  // With what is whole and waits: for its manifest, its signature, room on the disk.
  std::vector<multicast::ChannelStatus> status() const;
  std::vector<SourceState> states() const override;
  std::vector<Progress> progress() const override { return {}; }  // status() has more of it

  // What object `no` (of status()) still lacks. Refusal receiver.no_object {no} (not_found).
  awaitable<Result<multicast::Gaps>> gaps(std::int64_t no, std::size_t most);
  // Bytes from elsewhere for object `no`, which has this key. False: its channel does not have it under way.
  awaitable<bool> fill(std::int64_t no, multicast::ObjectKey key, std::uint64_t offset,
                       std::vector<std::uint8_t> bytes);
  // The same where the key alone is known: for the first channel that has it under way. False: none has.
  awaitable<bool> fill(multicast::ObjectKey key, std::uint64_t offset, std::vector<std::uint8_t> bytes);
  // What its session says of this object, and what manifests must show here.
  Statements statements_of(const multicast::Gaps& object) const;
  Policy policy() const { return trust_; }

 private:
  struct OnAir;
  struct Waiting {
    OnAir* channel;
    multicast::Ended ended;
    milliseconds until{};    // at the latest it is handed over then …
    milliseconds after{};    // … and not before
    bool recovered = false;  // of an earlier run
    int failures = 0;        // attempts in a row that our own side failed …
    Refusal why{};           // … and what the last of them met
  };
  std::unique_ptr<multicast::Channel> make_channel(OnAir& on_air);
  void open(OnAir& on_air);
  void failed(OnAir& on_air, const std::string& what);
  OnAir* due();
  awaitable<void> open_again(OnAir& on_air);
  OnAir* channel_of(std::int64_t no) const;
  awaitable<bool> offer(OnAir& on_air, multicast::ObjectKey key, std::uint64_t offset,
                        std::vector<std::uint8_t> bytes);
  void recover(OnAir& channel);
  void pass_over_known(OnAir& on_air);
  void reported(OnAir& channel, multicast::ChannelStatus now);
  void ended(OnAir& channel, multicast::Ended ended, bool recovered = false);
  bool is_ready(const Waiting& waiting) const;
  std::optional<Waiting> next_ready();
  awaitable<void> step(std::optional<Waiting> next);
  bool has_room(const Waiting& waiting) const;
  awaitable<void> wait();
  awaitable<void> rung(unsigned since);
  awaitable<void> learn(Waiting waiting);
  awaitable<void> clear(std::vector<fs::path> files);
  awaitable<bool> describe(const multicast::Ended& ended, Statements statements,
                           std::optional<Description>& description);
  awaitable<void> deliver(Waiting waiting);
  awaitable<void> forget_record(multicast::ObjectKey key);
  awaitable<void> conclude(Waiting waiting, std::optional<Refusal> refusal);
  void again(Waiting waiting, Refusal why);
  Refusal why_waiting(const Waiting& waiting) const;
  void add_waiting(multicast::ChannelStatus& status, const OnAir& channel) const;
  Arrival arrival_of(const Waiting& waiting);

  asio::any_io_executor loop_;
  Parts parts_;
  Policy trust_;
  std::vector<std::unique_ptr<OnAir>> channels_;
  std::deque<Waiting> waiting_;
  asio::steady_timer bell_;  // cancelled when there is something new for those who wait
  unsigned rung_ = 0;        // how often it was
  ChannelEvents events_;
};

}  // namespace edu::receiver
