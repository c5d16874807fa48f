// What is known of an object that lies in the partial folder, for the day on which nobody goes on with it:
// `<stem>.json` beside its bytes. And who has lain there for too long. Blocking; throws std::system_error
// where it writes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/time.h"

namespace edu::multicast {

struct About {
  std::string name, session;  // as of Ended
  WallTime started{};
  std::uint64_t bytes = 0, received = 0;  // of the object as transferred
  bool operator==(const About&) const = default;
};

// Not synced: what a power cut takes of it is written again, or the object stays unnamed.
void write_about(Files& files, const fs::path& stem, const About& about);
std::optional<About> read_about(const fs::path& stem);  // nothing: none, or no good one

// Objects whose newest file was written before `oldest`: their stems.
std::vector<fs::path> left_since(const fs::path& folder, WallTime oldest);
void remove_leftover(Files& files, const fs::path& stem);

}  // namespace edu::multicast
