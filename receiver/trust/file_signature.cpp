#include "receiver/trust/file_signature.h"

#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

namespace edu::receiver {
namespace {

FileSignature signature(const struct stat& info) {
  return {static_cast<std::uint64_t>(info.st_dev), static_cast<std::uint64_t>(info.st_ino),
          static_cast<std::uint32_t>(info.st_mode), static_cast<std::uint64_t>(info.st_size),
          info.st_mtim.tv_sec * std::int64_t{1'000'000'000} + info.st_mtim.tv_nsec};
}

[[noreturn]] void fail(const fs::path& path) {
  throw std::system_error(errno, std::generic_category(), "stat " + path.string());
}

}  // namespace

bool FileSignature::regular() const { return S_ISREG(mode); }

std::optional<FileSignature> signature_of(const fs::path& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0) return signature(info);
  if (errno != ENOENT && errno != ENOTDIR) fail(path);
  return std::nullopt;
}

FileSignature signature_of(const Fd& fd, const fs::path& path) {
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) fail(path);
  return signature(info);
}

bool open_for_writing(const fs::path& path) noexcept {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd) return false;
  // Whoever opens it in this instant makes the kernel tell us: by a signal that is ignored, not by SIGIO,
  // which kills.
  ::fcntl(fd.get(), F_SETSIG, SIGURG);
  if (::fcntl(fd.get(), F_SETLEASE, F_RDLCK) == 0) return ::fcntl(fd.get(), F_SETLEASE, F_UNLCK), false;
  return errno == EAGAIN;
}

}  // namespace edu::receiver
