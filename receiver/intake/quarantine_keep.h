// What lies in quarantine, and how long: refused files are kept so that somebody may look at them, and must
// never be what fills the disk. Each source has a quota; beyond it, and when a reception needs the room, the
// oldest go first. Whatever is removed is recorded (QuarantineEmptied).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/result.h"
#include "base/workers.h"
#include "config/settings.h"
#include "library/object_store.h"
#include "logs/journal/ledger.h"

namespace edu::receiver {

// One refused file, with what lies beside it.
struct QuarantineItem {
  std::int64_t no = 0;  // of the reception that refused it; 0: an object that a start found without a row
  std::string name;     // UTF-8, one line
  std::string means, source;  // empty where its reason cannot be read
  std::int64_t since_ms = 0;
  std::uint64_t bytes = 0;
  Refusal why;
  std::vector<fs::path> files;
};

// Who sent it, for quotas and counts: the folder, the catalogue, the channel with the session.
std::string sender_of(std::string_view means, std::string_view source);

// Oldest first. Blocking; throws std::system_error when the folder cannot be read.
std::vector<QuarantineItem> list_quarantine(const fs::path& folder);

struct Surplus {
  QuarantineItem item;
  std::string why;  // age, number, size
};
// What goes beyond the quota of its source, of items that are oldest first. Pure.
std::vector<Surplus> surplus(const std::vector<QuarantineItem>& items, const config::Receiver& quota,
                             WallTime now);

class QuarantineKeep {
 public:
  struct Parts {
    logs::Ledger& ledger;
    library::ObjectStore& store;
    Files& files;
    Workers& workers;
    Clock& clock;
  };
  QuarantineKeep(Parts parts, const config::Receiver& quota) : parts_(parts), quota_(quota) {}

  awaitable<std::vector<QuarantineItem>> list();

  struct Emptied {
    std::int64_t files = 0;
    std::uint64_t bytes = 0;
  };
  // Removes those of these receptions, or all, for good. Refusal receiver.quarantine_unknown {no}
  // (not_found): then nothing was removed. Throws when storage fails.
  awaitable<Result<Emptied>> empty(std::vector<std::int64_t> numbers, bool all, std::string actor);

  // Removes what is beyond the quotas. What fails is logged: it is tried the next time.
  awaitable<void> tidy();
  // Removes the oldest until `bytes` more fit into the library, or nothing is left. True when they fit.
  awaitable<bool> make_room(std::uint64_t bytes);

 private:
  awaitable<Emptied> remove(std::vector<QuarantineItem> items, std::string why, std::string actor);
  awaitable<void> tidy_now();

  Parts parts_;
  config::Receiver quota_;
};

}  // namespace edu::receiver
