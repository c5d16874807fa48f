// Volumes that appear: mounts below the folders of the settings come in, each is taken in whole, one after
// the other. Who mounts them (a desktop, udisks2, systemd, a person) is no matter. What is mounted already
// when the station starts is left alone: a stick that stays plugged in would be recorded at every start.
// On the loop.
#pragma once

#include <deque>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "config/settings.h"
#include "receiver/volumes/mounts.h"

namespace edu::receiver {

// Which of these are to be read: below a root, of a kind that people plug in, and not among `known`.
std::vector<Mount> newly_mounted(const std::vector<Mount>& mounts, const std::set<std::uint64_t>& known,
                                 const std::vector<std::string>& roots);

class VolumeWatch {
 public:
  // Takes the volume at `path`; `means` is "disc" or "usb". Logs what comes of it.
  using TakeVolume = std::function<awaitable<void>(fs::path path, std::string means)>;
  VolumeWatch(Clock& clock, config::Volumes settings, TakeVolume take);

  // Watches until it is cancelled. Where there is no mount table it says so and waits.
  awaitable<void> run();

 private:
  awaitable<void> open();
  awaitable<void> watch(MountTable& table);
  void look(const std::vector<Mount>& mounts);

  Clock& clock_;
  config::Volumes settings_;
  TakeVolume take_;
  bool first_ = true;  // what is mounted at the start is not new
  std::set<std::uint64_t> known_;
  std::deque<Mount> waiting_;
};

}  // namespace edu::receiver
