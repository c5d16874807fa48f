#include "receiver/folder/folder_watch.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <sys/inotify.h>
#include <unistd.h>

namespace edu::receiver {
namespace {

constexpr std::uint32_t kEvents = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF |
                                  IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;
constexpr std::size_t kMostReads = 64;  // of 64 KiB in one go, so that a busy folder does not hold the loop

int open_inotify() {
  const int fd = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "inotify_init1");
  return fd;
}

}  // namespace

FolderWatch::FolderWatch(asio::any_io_executor executor) : inotify_(executor, open_inotify()) {}

bool FolderWatch::add(const fs::path& folder) {
  const int watch = ::inotify_add_watch(inotify_.native_handle(), folder.c_str(), kEvents);
  if (watch >= 0) return folders_.insert_or_assign(watch, folder).second;
  if (errno == ENOSPC)
    throw std::system_error(errno, std::generic_category(), "inotify watch " + folder.string());
  return false;
}

awaitable<void> FolderWatch::readable() {
  co_await inotify_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
}

FolderWatch::Report FolderWatch::read() {
  Report report;
  alignas(inotify_event) std::array<char, 64 << 10> buffer;
  for (std::size_t reads = 0; reads < kMostReads; ++reads) {
    const auto got = ::read(inotify_.native_handle(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) break;
    if (got <= 0) throw std::system_error(errno, std::generic_category(), "inotify read");
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* name = buffer.data() + at + sizeof event;
      at += sizeof event + event.len;
      if (event.mask & IN_Q_OVERFLOW) report.overflowed = true;
      if (event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) report.folder_gone = true;
      if (event.mask & IN_IGNORED) folders_.erase(event.wd);
      const auto folder = folders_.find(event.wd);
      if (event.len == 0 || folder == folders_.end()) continue;
      report.changes.push_back({folder->second / name, (event.mask & IN_MODIFY) != 0});
    }
  }
  return report;
}

}  // namespace edu::receiver
