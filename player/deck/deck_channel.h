// The deck's end of the line to the daemon: standard input and output, one JSON object per line. Never waits
// for the daemon: what it does not read yet is queued here, so that a busy daemon delays no programme.
// Thread: the loop's.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/asio.h"
#include "player/deck/deck_messages.h"

namespace edu::player {

class DeckChannel {
 public:
  // Takes over descriptors 0 and 1. What anything else prints from now on goes to standard error.
  explicit DeckChannel(asio::any_io_executor executor);

  // Reads orders until the daemon is gone, and gives each to `take`; a line that is none is answered by a
  // Complaint.
  awaitable<void> read(std::function<void(const DeckOrder&)> take);
  // Of Progress, which repeats itself, the newest are dropped while the daemon does not read.
  void send(const DeckMessage& message);

 private:
  void write();

  asio::posix::stream_descriptor in_, out_;
  std::deque<std::string> queue_;
  bool writing_ = false;
};

}  // namespace edu::player
