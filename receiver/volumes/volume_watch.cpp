#include "receiver/volumes/volume_watch.h"

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>

#include "base/diagnostics.h"
#include "base/retry.h"

namespace edu::receiver {
namespace {

constexpr milliseconds kSettle{1'000};  // the one who mounts it may still be naming it
constexpr BackOff kBackOff{milliseconds(10'000), milliseconds(10'000)};
constexpr std::size_t kMostWaiting = 16;
// What no stick and no disc has.
constexpr std::array<std::string_view, 12> kInner{"proc",    "sysfs",    "devtmpfs", "devpts",
                                                  "cgroup",  "cgroup2",  "autofs",   "mqueue",
                                                  "debugfs", "squashfs", "overlay",  "nfs4"};

bool below(const fs::path& path, const std::string& root) {
  const auto inside = path.lexically_normal().lexically_relative(fs::path(root).lexically_normal());
  return !inside.empty() && *inside.begin() != ".." && inside != ".";
}

}  // namespace

std::vector<Mount> newly_mounted(const std::vector<Mount>& mounts, const std::set<std::uint64_t>& known,
                                 const std::vector<std::string>& roots) {
  std::vector<Mount> found;
  for (const auto& mount : mounts) {
    const bool wanted =
        std::ranges::any_of(roots, [&](const std::string& root) { return below(mount.path, root); });
    if (wanted && !known.contains(mount.id) && std::ranges::find(kInner, mount.type) == kInner.end())
      found.push_back(mount);
  }
  return found;
}

VolumeWatch::VolumeWatch(Clock& clock, config::Volumes settings, TakeVolume take)
    : clock_(clock), settings_(std::move(settings)), take_(std::move(take)) {}

void VolumeWatch::look(const std::vector<Mount>& mounts) {
  for (auto& mount : newly_mounted(mounts, known_, settings_.roots))
    if (waiting_.size() < kMostWaiting) waiting_.push_back(std::move(mount));
  known_.clear();
  for (const auto& mount : mounts) known_.insert(mount.id);
}

awaitable<void> VolumeWatch::watch(MountTable& table) {
  for (;;) {
    look(table.read());
    if (waiting_.empty()) {
      co_await table.changed();
      continue;
    }
    const auto volume = waiting_.front();
    waiting_.pop_front();
    co_await clock_.pause(kSettle);
    const auto still = table.read();
    if (std::ranges::find(still, volume) == still.end()) continue;
    spdlog::info("receiver: volume {} ({})", volume.path.string(), volume.type);
    const std::string means = volume.optical() ? "disc" : "usb";
    co_await take_(volume.path, means);
  }
}

awaitable<void> VolumeWatch::open() {
  MountTable table(co_await asio::this_coro::executor);
  if (std::exchange(first_, false))
    for (const auto& mount : table.read()) known_.insert(mount.id);
  co_await watch(table);
}

awaitable<void> VolumeWatch::run() {
  Retry retry(clock_, "receiver: volumes", kBackOff);
  bool done = false;
  while (!done) done = co_await retry.attempt(open());
}

}  // namespace edu::receiver
