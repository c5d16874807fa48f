// A channel on the air: its threads, from the socket to the finished object.
//
//   RX thread        packet source ──► batches in a bounded queue
//   assembly thread  batches ──► sessions ──► assemblies; orders from outside; once a second a tick
//   workers          one for decoding and hashing; several for fsync, which wait most of their time
//
// Outside calls come in as functions on the assembly thread (post); what happened goes out by the callbacks
// below, on that thread: whoever gives them crosses to his own. Values cross, nothing is shared.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "config/settings.h"
#include "receiver/multicast/flute_sessions.h"

namespace edu::multicast {

struct ChannelStatus {
  std::string name, group;
  std::uint16_t port = 0;
  std::string bandwidth;  // the note of the settings
  bool listening = false;
  std::string trouble;  // while it is not: what the system says
  bool failed = false;  // for good, by something nobody expected: the channel has to be made again
  DatagramCounts datagrams;
  FluteCounts packets;
  SymbolCounts symbols;  // of objects that have ended
  std::uint64_t kernel_drops = 0;
  std::uint64_t objects_done = 0, objects_failed = 0;
  std::size_t sessions = 0;
  std::size_t memory_used = 0;
  std::vector<ObjectStatus> objects;  // under way, at most kMostShown
  std::vector<Note> notes;            // why packets and files are not taken
  // Filled in by whoever compares reports (receiver/channels/channel_events.h):
  std::uint64_t rate = 0;         // bit/s
  std::optional<WallTime> heard;  // when datagrams last came
  bool silent = false;            // none for a minute
};

class Channel {
 public:
  static constexpr std::size_t kMostShown = 200;

  struct Parts {
    Files& files;
    Clock& clock;
    std::function<Result<void>(std::uint64_t bytes)> room;      // any thread
    std::function<bool(const std::string& name)> is_companion;  // manifests and signatures
    std::function<void(Ended)> ended;                           // on the assembly thread
    std::function<void(ChannelStatus)> report;                  // once a second, on it
    std::uint64_t largest = 64ull << 30;                        // bytes of one object
    std::int64_t first_no = 1;                                  // its objects are numbered from here
  };
  // `folder`: of this channel alone; partial/ and ready/ are made in it. Throws std::invalid_argument when
  // the settings name no addresses, std::system_error when the folder cannot be used.
  Channel(Parts parts, config::Channel settings, fs::path folder);
  Channel(Parts parts, config::Channel settings, fs::path folder, std::unique_ptr<PacketSource> source);
  ~Channel();  // stops

  void start();
  // Closes the socket, brings what was received to the disk, ends the threads. Blocks for as long as the
  // disk takes.
  void stop();

  const config::Channel& settings() const { return settings_; }
  const fs::path& ready() const { return ready_; }

  // Any thread; done soon, on the assembly thread. After stop() they do nothing.
  void discard(fs::path stem);       // its giving up is recorded: remove it, unless it is under way again
  void hold(const ObjectKey& key);   // an earlier run delivered it, and its record is still to come
  void done(const ObjectKey& key);   // it is recorded: do not receive it again
  void again(const ObjectKey& key);  // its check failed: receive it again
  void skip(std::string session, std::string folder, std::string name);  // the library has it
  void ask_gaps(std::int64_t no, std::size_t most, std::function<void(std::optional<Gaps>)> answer);
  void fill(const ObjectKey& key, std::uint64_t offset, std::vector<std::uint8_t> bytes,
            std::function<void(bool)> answer);

 private:
  struct Engine;
  config::Channel settings_;
  fs::path ready_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace edu::multicast
