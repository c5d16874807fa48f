// The intake: the one hand-over in which every source of the receiver ends. A path comes in; a courseware in
// the library, or a file in quarantine, and in any case exactly one reception record leave.
//
//   signed as its source must be? - read once (hash, copy into staging) - digest against the manifest - known
//   already? - examined - published
//   - recorded
//
// Until the record is committed nothing of the source is touched, so that whatever cuts the attempt short,
// the file is still there and is taken again; what was published already is then found by its digest. What
// cannot be recorded, because the database fails, throws, and leaves the source as it is.
//
// On the loop; files are read and written on workers in pieces. Every take() must have ended before this
// goes.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/turns.h"
#include "base/workers.h"
#include "calendar/zone.h"
#include "config/settings.h"
#include "library/courseware.h"
#include "library/object_store.h"
#include "logs/journal/ledger.h"
#include "receiver/intake/incoming.h"
#include "receiver/intake/media_facts.h"
#include "receiver/trust/file_signature.h"
#include "receiver/trust/manifest_file.h"

namespace edu::receiver {

// Something that arrived and is to be received.
struct Arrival {
  fs::path path;
  std::string means;                       // of logs::ReceptionRecorded: "folder", "import", "disc", "live"
  std::string source;                      // where from, for the record; any bytes
  std::string receiver = "auto";           // or the name of who ordered it
  std::optional<Description> description;  // by its manifest
  bool consume = false;  // true: the file (and its manifest) is given up once it is recorded. false: it stays
  std::int64_t duration_ms = 0;  // as a disc's tables have it, for containers that declare none; 0: unknown
  std::string name{};            // how it was called where it came from; empty: the path's
  Policy trust = Policy::off;    // what its manifest must show
  // Of its bytes, by whoever of us wrote them: it is taken by a second name and not read again, and must not
  // change any more. None: it is hashed here.
  std::optional<Digest> digest{};
  std::optional<Refusal> failed{};  // it did not come whole: this is recorded, and nothing is read
  // It may have been recorded in an earlier run (same start, source, name, reason): then it is not again. Of
  // what failed.
  bool stays = false;  // refused for a reason of the station's own it stays here: its source takes it again
  bool once = false;
  std::int64_t started_ms = 0;        // when it began to arrive; 0: when its turn comes
  std::int64_t gaps = 0, gap_ms = 0;  // of a live channel: how often and for how long it was lost
};

struct Reception {
  logs::ReceptionRecorded record;
  std::optional<Refusal> refusal;  // with the outcome "refused"
};

struct Progress {
  std::string name;  // UTF-8, one line
  std::uint64_t bytes_done = 0, bytes_total = 0;
  std::string stage;  // key receiver.stage.<stage>: queued, reading, examining, storing
};

class Intake {
 public:
  struct Parts {
    logs::Ledger& ledger;
    library::ObjectStore& store;
    Files& files;
    Workers& workers;
    Clock& clock;
    KeyedTurns& locks;
    Examine examine;
    Trust trust = {};
  };
  Intake(Parts parts, const config::Receiver& settings, unsigned keep_years, Zone zone);

  // Receives one file; at most settings.at_once at the same time, the rest waits. Refusal receiver.busy
  // (unavailable) when too many wait: then nothing was begun and nothing is recorded. Throws when it cannot
  // be recorded (SQLite::Exception), and on cancellation.
  awaitable<Result<Reception>> take(Arrival arrival);

  // The record of an attempt that brought no whole file: `path` names what was to come (it need not exist,
  // and is not touched), `bytes` is what had come of it. Throws when it cannot be recorded.
  awaitable<Reception> record_failure(Arrival arrival, Refusal why, std::uint64_t bytes);

  std::vector<Progress> progress() const;  // of what is under way, the oldest first

 private:
  struct Attempt;
  struct Underway;  // a line of progress()

  awaitable<Reception> receive(Attempt& attempt);
  void begin(Attempt& attempt, std::string name);
  awaitable<Result<void>> open(Attempt& attempt);
  awaitable<Result<void>> vouch(Attempt& attempt);
  Result<void> admit(const Manifest& manifest, Policy policy, const std::optional<Signer>& signer,
                     logs::ReceptionRecorded& record);
  awaitable<Result<void>> read(Attempt& attempt);
  awaitable<Result<void>> examine(Attempt& attempt);
  awaitable<Result<void>> publish(Attempt& attempt);
  awaitable<Result<void>> record_duplicate(Attempt& attempt);
  awaitable<Result<void>> record_stored(Attempt& attempt);
  awaitable<void> record_refused(Attempt& attempt, Refusal refusal);
  awaitable<void> restore_object(Attempt& attempt);
  awaitable<void> give_up_source(Attempt& attempt);
  awaitable<void> move_to_quarantine(Attempt& attempt);
  library::Courseware courseware_of(const Attempt& attempt) const;
  template <class Work>
  awaitable<Result<void>> on_disk(Work work);

  Parts parts_;
  config::Receiver settings_;
  unsigned keep_years_;
  Zone zone_;
  Turns slots_;
  std::list<Progress> underway_;
};

// The day until which courseware that was stored on `stored` is kept: the same day that many years later, the
// last of February for its 29th.
LocalDate keep_until(LocalDate stored, unsigned years);

}  // namespace edu::receiver
