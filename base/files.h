// The storage seam: the few operations by which bytes become durable, so that tests can fail each of them in
// turn (tests/support/faulty_files.h). All block; call them on a worker, never on the loop.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "base/fd.h"

namespace edu {

namespace fs = std::filesystem;

struct Space {
  std::uint64_t total = 0;      // bytes of the file system
  std::uint64_t available = 0;  // bytes that we may still write
  // Files that it can hold, and how many more; 0 and 0 where a file system sets no bound.
  std::uint64_t files = 0, files_available = 0;
};

// Every operation throws std::system_error that names the path.
class Files {
 public:
  virtual ~Files() = default;
  virtual Fd create(
      const fs::path& path);  // a new file to write and read, mode 0640; an existing one is an error
  virtual void write(const Fd& fd, std::span<const std::uint8_t> bytes, const fs::path& path);  // all of them
  virtual void sync(const Fd& fd, const fs::path& path);
  virtual void rename(const fs::path& from, const fs::path& to);  // atomic within one file system
  virtual void sync_folder(const fs::path& folder);
  virtual void remove(const fs::path& path);         // a missing file is no error
  virtual void make_folder(const fs::path& folder);  // with its parents, each synced where it stands; mode
                                                     // 0750; existing is no error
  virtual Space space(const fs::path& folder);

  // For files that are put together out of order (receiver/multicast/partial_file.h).
  virtual Fd open_existing(const fs::path& path);  // for reading and writing; a symlink is an error
  virtual void write_at(const Fd& fd, std::uint64_t offset, std::span<const std::uint8_t> bytes,
                        const fs::path& path);
  virtual void sync_data(const Fd& fd, const fs::path& path);
  // A second name for a file of the same file system; errc::file_exists, errc::cross_device_link.
  virtual void link(const fs::path& from, const fs::path& to);
};

// Exactly `out.size()` bytes from `offset` on. Throws std::system_error, also at the file's end (EIO).
void read_at(const Fd& fd, std::uint64_t offset, std::span<std::uint8_t> out, const fs::path& path);

// Temp, fsync, rename, fsync of the folder: `path` holds the old bytes or the new ones, whatever happens.
void publish(Files& files, const fs::path& path, std::string_view bytes);

// Moves within one file system, durably; across two it copies, syncs, and then removes the source.
void move_durably(Files& files, const fs::path& from, const fs::path& to);

// The whole of a small file. Throws std::system_error; a file over `limit` bytes is
// std::errc::file_too_large.
std::string read_file(const fs::path& path, std::size_t limit);

}  // namespace edu
