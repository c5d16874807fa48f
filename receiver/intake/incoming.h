// One file on its way in: read once, hashed and copied into the library's staging at the same time. Blocking;
// each step on a worker, one at a time.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/fd.h"
#include "base/files.h"
#include "base/result.h"
#include "library/object_store.h"
#include "receiver/trust/file_signature.h"

namespace edu::receiver {

class Incoming {
 public:
  // Opens the file; never follows a symlink, never waits for a FIFO. Refusals: receiver.gone, .symlink,
  // .fifo, .folder, .special_file, .empty, .too_large {size, most}, .unreadable {what}, library.no_space.
  // `seen` tells what lay there, also of what is refused; none: nothing did. Throws when our storage fails.
  // `opened`: the file, where somebody else has opened it; the path is only its name then.
  static Result<std::unique_ptr<Incoming>> open(const fs::path& path, library::ObjectStore& store,
                                                std::uint64_t largest, std::optional<FileSignature>& seen,
                                                const std::shared_ptr<Fd>& opened = nullptr);

  // The same for a file of ours that was hashed while it came: taken as it lies there, where the file system
  // allows it; otherwise read and copied like any other. Refusals as open(), receiver.changed.
  static Result<std::unique_ptr<Incoming>> open_hashed(const fs::path& path, library::ObjectStore& store,
                                                       std::uint64_t largest, const Digest& digest,
                                                       std::optional<FileSignature>& seen);

  // Takes the next piece (at most kStep bytes); true when it was the last. Refusals: receiver.changed when
  // the file is another than it was, receiver.unreadable, library.no_space. Throws when our storage fails.
  Result<bool> step();

  std::uint64_t done() const { return staged_.size(); }
  std::uint64_t total() const { return signature_.size; }
  library::Staged& staged() { return staged_; }
  const Digest& digest() { return staged_.finish(); }  // after the last step

 private:
  static Result<std::unique_ptr<Incoming>> open_given(const fs::path& path, library::ObjectStore& store,
                                                      std::uint64_t largest,
                                                      std::optional<FileSignature>& seen, const Fd& opened);
  Incoming(fs::path path, Fd source, const FileSignature& signature, library::Staged staged);
  Result<std::size_t> read_chunk();
  bool unchanged() const;

  fs::path path_;
  Fd source_;
  FileSignature signature_;
  library::Staged staged_;
  std::vector<std::uint8_t> chunk_;
  bool linked_ = false;  // nothing is to be read
  bool given_ = false;   // opened by somebody else
};

}  // namespace edu::receiver
