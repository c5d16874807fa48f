#include "receiver/volumes/mounts.h"

#include <cerrno>
#include <charconv>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace edu::receiver {
namespace {

constexpr std::size_t kLargestTable = 1 << 20;  // bytes; a machine has some dozens of mounts

std::string_view next_word(std::string_view& line) {
  const auto end = std::min(line.find(' '), line.size());
  const auto word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

// Blanks, tabs, newlines and backslashes stand as \ooo.
std::string unescaped(std::string_view word) {
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    int code = 0;
    const auto digits = word.substr(i + 1, word[i] == '\\' ? 3 : 0);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), code, 8);
    if (digits.size() == 3 && read.ptr == digits.data() + 3 && code < 256) {
      out += static_cast<char>(code);
      i += 3;
    } else {
      out += word[i];
    }
  }
  return out;
}

// "36 35 98:0 /root /mount/point options tag:… - type source options"
bool parse_line(std::string_view line, Mount& mount) {
  const auto id = next_word(line);
  const auto read = std::from_chars(id.data(), id.data() + id.size(), mount.id);
  if (read.ec != std::errc() || read.ptr != id.data() + id.size()) return false;
  for (int i = 0; i < 3; ++i) next_word(line);
  mount.path = unescaped(next_word(line));
  while (!line.empty())
    if (next_word(line) == "-") break;
  mount.type = next_word(line);
  return mount.path.is_absolute() && !mount.type.empty();
}

}  // namespace

std::vector<Mount> parse_mounts(std::string_view table) {
  std::vector<Mount> mounts;
  while (!table.empty()) {
    const auto end = std::min(table.find('\n'), table.size());
    Mount mount;
    if (parse_line(table.substr(0, end), mount)) mounts.push_back(std::move(mount));
    table.remove_prefix(std::min(end + 1, table.size()));
  }
  return mounts;
}

MountTable::MountTable(asio::any_io_executor executor, const fs::path& file) : file_(std::move(executor)) {
  Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) throw std::system_error(errno, std::generic_category(), "open " + file.string());
  file_.assign(fd.release());
}

std::vector<Mount> MountTable::read() {
  std::string table;
  std::string piece(64 * 1024, '\0');
  while (table.size() < kLargestTable) {
    const auto got =
        ::pread(file_.native_handle(), piece.data(), piece.size(), static_cast<off_t>(table.size()));
    if (got < 0) throw std::system_error(errno, std::generic_category(), "read the mount table");
    if (got == 0) break;
    table.append(piece, 0, static_cast<std::size_t>(got));
  }
  return parse_mounts(table);
}

// The kernel raises POLLPRI and POLLERR on the file (proc(5)).
awaitable<void> MountTable::changed() {
  co_await file_.async_wait(asio::posix::stream_descriptor::wait_error, asio::use_awaitable);
}

}  // namespace edu::receiver
