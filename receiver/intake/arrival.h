// What the receiver's sources hand to the intake, and what becomes of it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/asio.h"
#include "base/database.h"
#include "base/fd.h"
#include "base/files.h"
#include "base/result.h"
#include "base/sha256.h"
#include "logs/journal/events.h"
#include "receiver/trust/manifest_file.h"
#include "receiver/trust/trust.h"

namespace edu::receiver {

// Something that arrived and is to be received.
struct Arrival {
  // For the record.
  struct Origin {
    std::string means;              // of logs::ReceptionRecorded: "folder", "import", "disc", "web", …
    std::string source;             // where from; any bytes
    std::string receiver = "auto";  // or the name of who ordered it
    std::int64_t started_ms = 0;    // when it began to arrive; 0: when its turn comes
  };
  // What its source knows of it already.
  struct Known {
    // Of its bytes, by the room that wrote them: it is taken by a second name, not read again, and must not
    // change any more. None: it is hashed here.
    std::optional<Digest> digest;
    std::int64_t duration_ms = 0;       // by a disc's tables, for containers that declare none; 0: unknown
    std::int64_t gaps = 0, gap_ms = 0;  // of a live channel: how often and for how long it was lost
  };
  // What becomes of the file, with its manifest, once it is recorded.
  enum class Afterwards {
    keep,     // it stays: it lies in a place of somebody else's
    give_up,  // it is removed, and what is refused goes to quarantine; what failed on the station's own side
              // (Refusal::Kind::unavailable, no_space) stays where it is, to be taken again
  };

  fs::path path;
  // The file itself, opened by who names it: it is read instead of what lies at `path`, and whatever this
  // process may not reach. Only with Afterwards::keep.
  std::shared_ptr<Fd> opened;
  std::string name;  // how it was called where it came from; empty: the path's
  Origin origin;
  Known known;
  std::optional<Description> description;  // by its manifest
  Policy trust = Policy::off;              // what that must show
  std::optional<Refusal> failed;           // it did not come whole: this is recorded, and nothing is read
  Afterwards afterwards = Afterwards::keep;
  // Of a folder: nobody calls it media. Where it is none, the outcome is "passed", and nothing is recorded.
  bool only_media = false;
  // What its source has to know after a power cut, written in the same unit of work as the record, so that
  // there is never one without the other. With the refusal where there is one. On the writer's thread; throws
  // what storage throws.
  std::function<void(Database&, const logs::ReceptionRecorded&, const Refusal*)> with_record;
  // An earlier run or attempt may have recorded the same refusal (same start, source, name, reason): then it
  // is not recorded again.
  bool perhaps_recorded = false;
};

struct Reception {
  logs::ReceptionRecorded record;
  std::optional<Refusal> refusal;  // with the outcome "refused"
};

// Intake::take, or a test's.
using Take = std::function<awaitable<Result<Reception>>(Arrival)>;

struct Progress {
  std::string name;  // UTF-8, one line
  std::uint64_t bytes_done = 0, bytes_total = 0;
  std::string stage;  // key receiver.stage.<stage>: queued, reading, examining, storing
};

}  // namespace edu::receiver
