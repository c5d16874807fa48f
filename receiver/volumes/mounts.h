// Which file systems are mounted where, by the kernel's own table (/proc/self/mountinfo): it needs no daemon
// and no right, and the kernel says when it has changed. Loop thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/asio.h"
#include "base/files.h"

namespace edu::receiver {

struct Mount {
  std::uint64_t id = 0;  // another for each mounting
  fs::path path;
  std::string type;  // "vfat", "iso9660", …
  bool optical() const { return type == "iso9660" || type == "udf"; }
  bool operator==(const Mount&) const = default;
};

// The table's lines as proc(5) has them; a line of another form is skipped.
std::vector<Mount> parse_mounts(std::string_view table);

class MountTable {
 public:
  // Throws std::system_error when there is no such file.
  explicit MountTable(asio::any_io_executor executor, const fs::path& file = "/proc/self/mountinfo");

  std::vector<Mount> read();  // now. Throws std::system_error.
  awaitable<void> changed();  // completes once something was mounted or unmounted since the last time

 private:
  asio::posix::stream_descriptor file_;
};

}  // namespace edu::receiver
