#include "base/files.h"

#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

namespace edu {
namespace {

[[noreturn]] void fail(const char* operation, const fs::path& path) {
  throw std::system_error(errno, std::generic_category(), std::string(operation) + " " + path.string());
}

constexpr std::size_t kCopyChunk = 1 << 20;

void copy_bytes(Files& files, const fs::path& from, const Fd& to, const fs::path& to_path) {
  const Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!source) fail("open", from);
  std::vector<std::uint8_t> chunk(kCopyChunk);
  for (;;) {
    const auto got = ::read(source.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", from);
    if (got == 0) return;
    files.write(to, std::span(chunk.data(), static_cast<std::size_t>(got)), to_path);
  }
}

fs::path parent_of(const fs::path& folder) {
  const auto parent = folder.has_filename() ? folder.parent_path() : folder.parent_path().parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

}  // namespace

Fd Files::create(const fs::path& path) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!fd) fail("create", path);
  return fd;
}

void Files::write(const Fd& fd, std::span<const std::uint8_t> bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const auto put = ::write(fd.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail("write", path);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

void Files::sync(const Fd& fd, const fs::path& path) {
  if (::fsync(fd.get()) != 0) fail("fsync", path);
}

void Files::rename(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail("rename", from);
}

void Files::sync_folder(const fs::path& folder) {
  const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) fail("open", folder);
  if (::fsync(fd.get()) != 0) fail("fsync", folder);
}

void Files::remove(const fs::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail("remove", path);
}

void Files::make_folder(const fs::path& folder) {
  if (folder.empty() || fs::is_directory(folder)) return;  // throws: as every operation
  make_folder(folder.parent_path());
  if (::mkdir(folder.c_str(), 0750) == 0) return sync_folder(parent_of(folder));
  if (errno != EEXIST) fail("mkdir", folder);
}

Space Files::space(const fs::path& folder) {
  struct statvfs info {};
  if (::statvfs(folder.c_str(), &info) != 0) fail("statvfs", folder);
  return {static_cast<std::uint64_t>(info.f_blocks) * info.f_frsize,
          static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize, static_cast<std::uint64_t>(info.f_files),
          static_cast<std::uint64_t>(info.f_favail)};
}

Fd Files::open_existing(const fs::path& path) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd) fail("open", path);
  return fd;
}

void Files::write_at(const Fd& fd, std::uint64_t offset, std::span<const std::uint8_t> bytes,
                     const fs::path& path) {
  while (!bytes.empty()) {
    const auto put = ::pwrite(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail("write", path);
    offset += static_cast<std::uint64_t>(put);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

void Files::sync_data(const Fd& fd, const fs::path& path) {
  if (::fdatasync(fd.get()) != 0) fail("fdatasync", path);
}

void Files::link(const fs::path& from, const fs::path& to) {
  if (::link(from.c_str(), to.c_str()) != 0) fail("link", from);
}

void read_at(const Fd& fd, std::uint64_t offset, std::span<std::uint8_t> out, const fs::path& path) {
  while (!out.empty()) {
    const auto got = ::pread(fd.get(), out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) errno = EIO;
    if (got <= 0) fail("read", path);
    offset += static_cast<std::uint64_t>(got);
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

void publish(Files& files, const fs::path& path, std::string_view bytes) {
  auto temporary = path;
  temporary += ".tmp";
  files.remove(temporary);
  const auto fd = files.create(temporary);
  files.write(fd, std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), temporary);
  files.sync(fd, temporary);
  files.rename(temporary, path);
  files.sync_folder(path.parent_path());
}

void move_durably(Files& files, const fs::path& from, const fs::path& to) {
  try {
    files.rename(from, to);
  } catch (const std::system_error& error) {
    if (error.code() != std::errc::cross_device_link) throw;
    auto temporary = to;
    temporary += ".tmp";
    files.remove(temporary);
    const auto fd = files.create(temporary);
    copy_bytes(files, from, fd, temporary);
    files.sync(fd, temporary);
    files.rename(temporary, to);
    files.remove(from);
  }
  files.sync_folder(to.parent_path());
}

std::string read_file(const fs::path& path, std::size_t limit) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd) fail("open", path);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) fail("stat", path);
  errno = EINVAL;
  if (!S_ISREG(info.st_mode)) fail("read", path);
  std::string bytes;
  std::vector<char> chunk(64 << 10);
  for (;;) {
    const auto got = ::read(fd.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", path);
    if (got == 0) return bytes;
    bytes.append(chunk.data(), static_cast<std::size_t>(got));
    errno = EFBIG;
    if (bytes.size() > limit) fail("read", path);
  }
}

}  // namespace edu
