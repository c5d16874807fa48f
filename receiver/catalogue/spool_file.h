// A file that is being fetched, in the spool: its first bytes, and beside it what they are of, so that
// fetching goes on where it stopped, over restarts and power cuts.
//
//   fetching/<id>.part    the bytes so far
//   fetching/<id>.json    {"url", "etag", "modified", "sha256", "synced", "whole"}
//
// `synced` bytes are on the disk for certain: written every kSyncEvery bytes and when an attempt ends. What
// lies behind them when fetching goes on is dropped, because a power cut may have left anything there. The
// bytes that are kept are hashed again: that is exact, and quick beside any network.
//
// All operations block. Opened and closed on a worker, written on the HTTP client's thread, one at a time.
#pragma once

#include <atomic>
#include <functional>

#include "base/fd.h"
#include "base/files.h"
#include "base/sha256.h"
#include "receiver/catalogue/http.h"

namespace edu::catalogue {

inline constexpr std::uint64_t kSyncEvery = 8 << 20;

// What is known of a file on a server, to tell whether it is still the same.
struct FileVersion {
  std::string etag, modified;
  std::uint64_t length = 0;  // bytes; 0: not known
  bool known() const { return !etag.empty() || !modified.empty() || length != 0; }
};
// Is it the file of `before`? Its validators decide, and its length; where neither is told, `published`: does
// its publisher say that nothing has changed?
bool same_file(const FileVersion& before, const Response& now, bool published);

class SpoolFile final : public Sink {
 public:
  // Is there room for so many bytes more? A refusal says not.
  using Room = std::function<Result<void>(std::uint64_t bytes)>;

  // `sha256`: of the whole file, where it is known: then any server may go on with it. Otherwise only the one
  // that it was begun from, if it names its file's version. Throws std::system_error.
  SpoolFile(Files& files, fs::path folder, const std::string& id, std::string sha256, Room room);
  ~SpoolFile() override;

  // Nothing is taken of what is still the file of `version`: begin() refuses it with catalogue.unchanged.
  void expect_other_than(FileVersion version, bool published);
  // Its name and its list say nothing of media: its first bytes must, or it is refused with
  // catalogue.no_media.
  void doubt() { doubtful_ = true; }

  // Completes the request with what makes the server go on where this stopped, if it can.
  void ask_for_rest(Request& request);

  // Refusals library.no_space, catalogue.unchanged; take(): catalogue.login_page and .web_page {host}, a page
  // for people in the place of the file; catalogue.no_media {host}.
  Result<void> begin(const Response& head) override;
  Result<void> take(std::span<const std::uint8_t> bytes) override;

  void save();             // what has come is on disk; throws std::system_error
  const Digest& finish();  // after the last byte: saved, and its digest
  void start_again();      // drops what has come
  void remove();           // file and description

  const fs::path& path() const { return path_; }
  std::uint64_t size() const { return size_; }          // any thread
  std::uint64_t expected() const { return expected_; }  // of the whole file; 0: not said; any thread
  bool whole() const { return whole_; }                 // finish() was called on it, now or earlier
  bool resumed() const { return resumed_; }             // holds bytes of an earlier attempt
  FileVersion version() const { return {etag_, modified_, size_}; }

  // Removes what was being fetched and is of no `known` id any more, and whatever else lies there.
  static void sweep(Files& files, const fs::path& folder,
                    const std::function<bool(const std::string& id)>& known);

 private:
  Result<void> look_at_beginning(std::span<const std::uint8_t> bytes);
  void restore();
  void rehash(std::uint64_t synced);
  void truncate(std::uint64_t size);
  void roll_back();
  void sync();
  void describe();

  Files& files_;
  fs::path path_, description_;
  std::string sha256_;
  Room room_;
  Fd fd_;
  Sha256 hash_;
  std::optional<Digest> digest_;
  std::atomic<std::uint64_t> size_{0}, expected_{0};
  std::uint64_t synced_ = 0;
  bool resumed_ = false, whole_ = false, doubtful_ = false;
  std::optional<FileVersion> before_;
  bool published_ = false;
  std::string beginning_;              // the first bytes that came
  std::string asked_;                  // the URL of the request under way, before redirects
  std::string url_, etag_, modified_;  // what the bytes are of
};

}  // namespace edu::catalogue
