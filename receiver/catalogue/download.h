// One attempt at one entry: its file fetched into the spool, from one server after the other, with pauses
// between, until it is whole or there is no hope. On the loop; disk work on workers and the client's thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/workers.h"
#include "receiver/catalogue/back_off.h"
#include "receiver/catalogue/http.h"
#include "receiver/catalogue/listing.h"
#include "receiver/catalogue/spool_file.h"

namespace edu::catalogue {

struct Fetched {
  std::unique_ptr<SpoolFile> file;
  Digest digest{};
  std::string url;  // that the last of it came from
  FileVersion version;
};

// What was received of an entry before: its file is not fetched again as long as it is the same.
struct Former {
  FileVersion version;
  bool published = false;  // its list says the same of it as then, but for its address
};

class Download {
 public:
  struct Parts {
    Fetch fetch;
    Files& files;
    Workers& workers;
    Clock& clock;
    SpoolFile::Room room;
    std::function<double()> chance;  // in [0, 1)
    fs::path spool;
    std::uint64_t largest;  // bytes
  };
  Download(Parts parts, const Entry& entry, Access access, std::optional<Former> former = {})
      : parts_(std::move(parts)), entry_(entry), access_(std::move(access)), former_(std::move(former)) {}

  // Refusals as of Fetch and SpoolFile, catalogue.unchanged (it is the file of `former`), library.no_space,
  // receiver.storage_failed. The bytes that came stay in the spool. A
  // whole file whose digest is not the entry's is answered too: the intake refuses and records it. On
  // cancellation throws, with what came on disk.
  awaitable<Result<Fetched>> run();

  std::uint64_t done() const { return file_ ? file_->size() : 0; }
  std::uint64_t total() const;
  std::uint64_t came() const { return came_; }  // after run(): bytes in the spool

 private:
  awaitable<Result<Fetched>> attempt();
  awaitable<Result<void>> open();
  awaitable<Result<void>> close();
  awaitable<Result<void>> once(const std::string& url, bool last);
  awaitable<Result<void>> get(const std::string& url);
  awaitable<Result<void>> check(bool last);
  template <class Work>
  awaitable<Result<void>> on_disk(Work work);

  Parts parts_;
  const Entry& entry_;
  Access access_;
  std::optional<Former> former_;
  std::unique_ptr<SpoolFile> file_;
  Digest digest_{};
  std::uint64_t came_ = 0;
  std::string url_;
};

}  // namespace edu::catalogue
