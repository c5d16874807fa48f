// A Unix socket's path as the kernel takes it: at most 107 bytes. A longer one is reached through its folder,
// held open, as /proc/self/fd/N/name.
#pragma once

#include <filesystem>
#include <string>

#include "base/fd.h"

namespace edu::web {

class SocketPath {
 public:
  // Throws std::system_error when the path is long and its folder cannot be opened, or the name alone is too
  // long.
  explicit SocketPath(const std::filesystem::path& file);

  const std::string& address() const { return address_; }  // valid while this object lives

 private:
  Fd folder_;
  std::string address_;
};

}  // namespace edu::web
