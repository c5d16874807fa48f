// A channel of MulticastSource, for its own sources.
#pragma once

#include <memory>

#include "receiver/channels/multicast_source.h"

namespace edu::receiver {

struct MulticastSource::OnAir {
  config::Channel settings;
  fs::path folder;
  std::uint64_t largest = 0;
  std::int64_t first_no = 0;
  multicast::ChannelStatus status;
  std::unique_ptr<multicast::Channel> channel;  // null until it could be made for the first time
  Companions companions;
  bool down = false, opening = false;  // it failed; somebody makes it again
  int failures = 0;                    // in a row
  milliseconds again{};                // not before
};

}  // namespace edu::receiver
