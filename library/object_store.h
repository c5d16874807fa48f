// The files of the library: content-addressed objects below the data folder.
//
//   objects/ab/<sha256>       a whole file of media, named by the SHA-256 of its bytes
//   objects/ab/<sha256>.jpg   its poster frame, where it has one
//   objects/staging/<random>  a file that is being received; no name of these lives longer than its attempt
//   quarantine/object-<sha256>  an object that has no row (see sweep)
//
// A file gets its name in objects/ only whole and on disk: fsync, rename, fsync of the folder; the row
// follows. All operations block: call them on a worker. Different objects may be written by several workers
// at once; publishing and removing the same digest must not overlap (receiver/digest_locks.h sees to it).
// Failures of storage are std::system_error, except a full disk, which is the refusal library.no_space.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "base/sha256.h"

namespace edu::library {

// What stays free of the file system, so that the station's records can always be written: the larger of the
// two, and the same share of the files that it can hold (inodes).
struct Reserve {
  unsigned percent = 5;
  std::uint64_t bytes = 2048ull << 20;
};

class ObjectStore;

// A file on its way into the library. Hashed while it is written; removed when it goes out of use
// unpublished.
class Staged {
 public:
  Staged(Staged&& other) noexcept;
  Staged& operator=(Staged&&) = delete;
  ~Staged();

  // Refusal library.no_space {needed, available}: these bytes would break into the reserve.
  Result<void> write(std::span<const std::uint8_t> bytes);
  // The digest of all that was written; nothing can be written after it.
  const Digest& finish();

  const fs::path& path() const { return path_; }
  std::uint64_t size() const { return size_; }

 private:
  friend class ObjectStore;
  Staged(ObjectStore& store, fs::path path, std::uint64_t promised);
  void keep_promise(std::uint64_t bytes) noexcept;

  ObjectStore* store_;
  fs::path path_;
  Fd fd_;
  Sha256 hash_;
  std::optional<Digest> digest_;
  std::uint64_t size_ = 0;
  std::uint64_t promised_;  // bytes announced and not yet written
};

class ObjectStore {
 public:
  // Makes the folders. `files` must outlive the store.
  ObjectStore(Files& files, fs::path data_folder, Reserve reserve);

  // Begins a file of `declared` bytes. Refusal library.no_space {needed, available}: with what other files
  // under way have announced it would break into the reserve.
  Result<Staged> stage(std::uint64_t declared);
  // A file that is whole already, of this digest, and lies in our file system: it gets a second name in
  // staging and is not copied. None: it lies in another, and has to be. Nobody may write to it any more.
  std::optional<Staged> stage_link(const fs::path& file, const Digest& digest, std::uint64_t size);
  // Gives a finished file its name for good. An object that is there already is replaced by the same bytes.
  Result<void> publish(Staged staged);
  // Puts the poster beside the object. Refusal library.no_space.
  Result<void> publish_poster(const std::string& sha256, std::string_view jpeg);

  fs::path path(const std::string& sha256) const;
  fs::path poster_path(const std::string& sha256) const;
  // Whether it is there, and may be read. A disk that does not answer for the moment says neither.
  bool holds(const std::string& sha256) const;
  bool lacks(const std::string& sha256) const;
  void remove(const std::string& sha256);  // object and poster; what is not there is no error

  // library.no_space when `bytes` more would break into the reserve.
  Result<void> room_for(std::uint64_t bytes);

  struct Swept {
    std::int64_t unfinished = 0;       // staged files removed
    std::int64_t orphans = 0;          // objects that nobody knows, moved to quarantine
    std::int64_t removals = 0;         // objects whose removal was recorded and not done yet: done now
    std::vector<std::string> missing;  // digests of `held` whose object is gone
  };
  // Puts files and rows together again. `held`: digests that have a row; `removed`: of rows marked
  // removed. Only at start, while nothing is staged.
  Swept sweep(const std::set<std::string>& held, const std::set<std::string>& removed);

  const fs::path& quarantine() const { return quarantine_; }

 private:
  friend class Staged;
  std::int64_t clear_staging();
  void sweep_shard(const fs::path& shard, const std::set<std::string>& held,
                   const std::set<std::string>& removed, Swept& swept);
  void adopt(const fs::path& object);
  Refusal no_space(std::uint64_t needed);
  std::uint64_t free_for_us();

  Files& files_;
  fs::path objects_, staging_, quarantine_;
  Reserve reserve_;
  std::atomic<std::uint64_t> promised_{0};  // by all staged files together, not yet written
};

}  // namespace edu::library
