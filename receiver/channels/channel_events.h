// What happens on the channels, for those who watch: the channel's reports come in, events leave. An event is
// told once and kept nowhere; what must last is in the reception records. Pure; on the loop.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "receiver/multicast/channel.h"

namespace edu::receiver {

struct ChannelEvent {
  // object_begun, object_complete, object_failed {why}, channel_silent, channel_back, channel_trouble {why},
  // channel_listening
  std::string kind;
  std::string channel, object;  // object: of the first three
  std::int64_t no = 0;
  std::uint64_t bytes = 0;
  std::optional<Refusal> why;
};

class ChannelEvents {
 public:
  // Without a datagram for so long a channel counts as silent. A carousel pauses for seconds, not for
  // minutes.
  static constexpr milliseconds kSilence{60'000};

  // Fills in what takes two reports to know: rate, silence, when it was last heard.
  std::vector<ChannelEvent> report(multicast::ChannelStatus& now, WallTime wall, milliseconds mono);
  static ChannelEvent ended(const std::string& channel, const multicast::Ended& one);

 private:
  struct Heard {
    std::uint64_t datagrams = 0, bytes = 0;
    milliseconds counted{}, last{};
    std::optional<WallTime> heard;
    std::uint64_t rate = 0;
    bool silent = false, listening = false;
    std::string trouble;
    std::set<std::int64_t> objects;
  };
  void rate(Heard& known, const multicast::ChannelStatus& now, milliseconds mono) const;
  std::map<std::string, Heard> channels_;
};

}  // namespace edu::receiver
