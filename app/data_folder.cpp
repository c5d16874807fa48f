#include "app/data_folder.h"

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include "base/diagnostics.h"

namespace edu::app {
namespace {

constexpr auto kRoom = "room";
constexpr std::size_t kRoomBytes = 1 << 20;
constexpr std::uint64_t kPlenty = 8 << 20;  // bytes that are free

// A lock file's whole content is the number of the process that holds it.
std::string holder_of(const Fd& lock) {
  char text[32] = {};
  const auto got = ::pread(lock.get(), text, sizeof text - 1, 0);
  return got > 0 ? std::string(text, static_cast<std::size_t>(got)) : "?";
}

}  // namespace

DataFolder::DataFolder(Files& files, fs::path folder)
    : files_(files), path_(fs::absolute(std::move(folder))) {
  files.make_folder(path_);
  const auto file = path_ / "lock";
  lock_ = Fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!lock_)
    throw std::system_error(errno, std::generic_category(),
                            "cannot write to the data folder: " + file.string());
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
    throw std::runtime_error(
        fmt::format("another edustationd (process {}) uses the data folder {}; stop it first, or "
                    "choose another folder with --set data.folder=…",
                    holder_of(lock_), path_.string()));
  // For who is told that it is held; a full disk need not take it.
  const auto pid = std::to_string(::getpid());
  if (::pwrite(lock_.get(), pid.data(), pid.size(), 0) < 0 ||
      ::ftruncate(lock_.get(), static_cast<off_t>(pid.size())) != 0)
    spdlog::warn("{}: {}", file.string(), std::generic_category().message(errno));
}

void DataFolder::hold_room() {
  try {
    std::error_code ignored;
    if (fs::exists(path_ / kRoom, ignored) || files_.space(path_).available < kPlenty) return;
    publish(files_, path_ / kRoom, std::string(kRoomBytes, '\0'));
  } catch (const std::exception& error) {
    spdlog::warn("no room is held for a full disk: {}", error.what());
  }
}

bool DataFolder::give_room() {
  std::error_code ignored;
  return fs::remove(path_ / kRoom, ignored);
}

}  // namespace edu::app
