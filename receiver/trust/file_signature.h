// What tells whether a path still leads to the same bytes: the file it names, its size and time of change.
#pragma once

#include <cstdint>
#include <optional>

#include "base/fd.h"
#include "base/files.h"

namespace edu::receiver {

struct FileSignature {
  std::uint64_t device = 0, inode = 0;
  std::uint32_t mode = 0;  // st_mode, type included
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;

  bool regular() const;
  bool operator==(const FileSignature&) const = default;
};

// Of the path itself, a symlink is not followed; nullopt when nothing is there. Throws std::system_error.
std::optional<FileSignature> signature_of(const fs::path& path);
FileSignature signature_of(const Fd& fd, const fs::path& path);

// Has somebody this regular file open for writing? Asked by means of a lease, which only the file's owner (or
// a process with CAP_LEASE) may take and not every file system has: where it cannot be told the answer is no.
bool open_for_writing(const fs::path& path) noexcept;

}  // namespace edu::receiver
