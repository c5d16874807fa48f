// What the kernel reports of a watched folder (inotify). It is a hint that makes the station look sooner:
// file systems without events are found by looking anyway (folder_source.h).
#pragma once

#include <map>
#include <vector>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/asio.h"
#include "base/files.h"

namespace edu::receiver {

struct FolderChange {
  fs::path path;
  bool writing = false;  // true: bytes were written and the file is still open; false: closed, or moved here
};

class FolderWatch {
 public:
  // Throws std::system_error when the machine has no watches left.
  explicit FolderWatch(asio::any_io_executor executor);

  // Answers true when the folder was not watched before: what came to it until now is not reported.
  bool add(const fs::path& folder);

  awaitable<void> readable();  // completes when there is something to read; only cancellation throws

  struct Report {
    std::vector<FolderChange> changes;  // in order
    bool overflowed = false;            // events were lost: nothing that was reported before holds
    bool folder_gone = false;           // a watched folder was removed, moved or unmounted
  };
  Report read();  // what is there now; never waits. Throws std::system_error.

 private:
  asio::posix::stream_descriptor inotify_;
  std::map<int, fs::path> folders_;  // by watch descriptor
};

}  // namespace edu::receiver
