#include "receiver/intake/incoming.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "library/courses.h"

namespace edu::receiver {
namespace {

constexpr std::size_t kChunk = 1 << 20;
constexpr std::uint64_t kStep = 16 << 20;  // a worker is held for some 10 ms to 200 ms at a time

// That it may not be read says something about the file; that the disk or the system fails does not.
Unexpected unreadable(int error) {
  const bool of_the_file = error == EACCES || error == EPERM || error == ELOOP || error == ENOENT;
  return refuse("receiver.unreadable", {{"what", std::generic_category().message(error)}},
                of_the_file ? Refusal::Kind::invalid : Refusal::Kind::unavailable);
}

// Refuses what cannot be read as a file.
Result<void> check(const FileSignature& seen, std::uint64_t largest) {
  if (S_ISLNK(seen.mode)) return refuse("receiver.symlink");
  if (S_ISFIFO(seen.mode)) return refuse("receiver.fifo");
  if (S_ISDIR(seen.mode)) return refuse("receiver.folder");
  if (!S_ISREG(seen.mode)) return refuse("receiver.special_file");
  if (seen.size == 0) return refuse("receiver.empty");
  if (seen.size <= largest) return {};
  return refuse("receiver.too_large",
                {{"size", library::size_text(seen.size)}, {"most", library::size_text(largest)}});
}

}  // namespace

Incoming::Incoming(fs::path path, Fd source, const FileSignature& signature, library::Staged staged)
    : path_(std::move(path)),
      source_(std::move(source)),
      signature_(signature),
      staged_(std::move(staged)),
      chunk_(kChunk) {}

Result<std::unique_ptr<Incoming>> Incoming::open(const fs::path& path, library::ObjectStore& store,
                                                 std::uint64_t largest, std::optional<FileSignature>& seen,
                                                 const std::shared_ptr<Fd>& opened) {
  if (opened) return open_given(path, store, largest, seen, *opened);
  // Looked at before it is opened: opening alone has effects on some devices.
  seen = signature_of(path);
  if (!seen) return refuse("receiver.gone");
  if (auto good = check(*seen, largest); !good) return Unexpected(std::move(good.error()));
  Fd source(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!source) return unreadable(errno);
  if (signature_of(source, path) != *seen) return refuse("receiver.changed");
  ::posix_fadvise(source.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  auto staged = store.stage(seen->size);
  if (!staged) return Unexpected(staged.error());
  return std::unique_ptr<Incoming>(new Incoming(path, std::move(source), *seen, *std::move(staged)));
}

Result<std::unique_ptr<Incoming>> Incoming::open_given(const fs::path& path, library::ObjectStore& store,
                                                       std::uint64_t largest,
                                                       std::optional<FileSignature>& seen, const Fd& opened) {
  seen = signature_of(opened, path);
  if (auto good = check(*seen, largest); !good) return Unexpected(std::move(good.error()));
  Fd source(::fcntl(opened.get(), F_DUPFD_CLOEXEC, 0));
  if (!source || ::lseek(source.get(), 0, SEEK_SET) != 0) return unreadable(errno);
  auto staged = store.stage(seen->size);
  if (!staged) return Unexpected(staged.error());
  std::unique_ptr<Incoming> incoming(new Incoming(path, std::move(source), *seen, *std::move(staged)));
  incoming->given_ = true;
  return incoming;
}

Result<std::unique_ptr<Incoming>> Incoming::open_hashed(const fs::path& path, library::ObjectStore& store,
                                                        std::uint64_t largest, const Digest& digest,
                                                        std::optional<FileSignature>& seen) {
  seen = signature_of(path);
  if (!seen) return refuse("receiver.gone");
  if (auto good = check(*seen, largest); !good) return Unexpected(std::move(good.error()));
  auto staged = store.stage_link(path, digest, seen->size);
  if (!staged) return open(path, store, largest, seen);
  Fd source(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!source) return unreadable(errno);
  std::unique_ptr<Incoming> incoming(new Incoming(path, std::move(source), *seen, *std::move(staged)));
  incoming->linked_ = true;
  return incoming;
}

Result<std::size_t> Incoming::read_chunk() {
  for (;;) {
    const auto got = ::read(source_.get(), chunk_.data(), chunk_.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return unreadable(errno);
  }
}

// The descriptor for a file that is written to, the path for one that another was put in the place of.
bool Incoming::unchanged() const {
  if (done() != total() || signature_of(source_, path_) != signature_) return false;
  return given_ || signature_of(path_) == signature_;
}

Result<bool> Incoming::step() {
  if (linked_) return unchanged() ? Result<bool>(true) : refuse("receiver.changed");
  for (const auto start = done(); done() < start + kStep;) {
    const auto got = read_chunk();
    if (!got) return Unexpected(got.error());
    if (*got == 0) return unchanged() ? Result<bool>(true) : refuse("receiver.changed");
    if (done() + *got > total()) return refuse("receiver.changed");
    const auto written = staged_.write(std::span(chunk_.data(), *got));
    if (!written) return Unexpected(written.error());
  }
  return false;
}

}  // namespace edu::receiver
