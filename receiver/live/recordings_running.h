// One recording under way, and what its two sources (recordings.cpp, recordings_orders.cpp) share. Nobody
// else includes this.
#pragma once

#include "receiver/live/recordings.h"

namespace edu::live {

struct Recordings::Running {
  Running(const Parts& parts, config::Live channel, Recording recording,
          const asio::any_io_executor& executor)
      : tape(parts, std::move(channel), std::move(recording)), over(executor) {
    over.expires_at(asio::steady_timer::time_point::max());
  }
  Tape tape;
  asio::cancellation_signal stop;
  asio::steady_timer over;  // cancelled when it has ended
};

}  // namespace edu::live
