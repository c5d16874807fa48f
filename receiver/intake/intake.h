// The intake: the one hand-over in which every source of the receiver ends. A path comes in; a course in the
// library, or a file in quarantine, and in any case exactly one reception record leave.
//
//   signed as its source must be? - read once (hash, copy into staging) - digest against the manifest -
//   known already? - examined - published - recorded
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
#include "receiver/intake/arrival.h"
#include "receiver/intake/incoming.h"
#include "receiver/intake/media_facts.h"
#include "receiver/intake/quarantine_keep.h"
#include "receiver/intake/taken.h"
#include "receiver/trust/file_signature.h"
#include "receiver/trust/manifest_file.h"

namespace edu::receiver {

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

  // Courses that come while the clock cannot be believed are kept for ever until it can; then they get their
  // last day. Until it is cancelled; throws when that cannot be recorded.
  awaitable<void> count_days();

  // Records what was refused and only counted until now (refusal_count.h). Throws when it cannot be recorded.
  awaitable<void> tell_counted();

  std::vector<Progress> progress() const;  // of what is under way, the oldest first

  QuarantineKeep& quarantine() { return keep_; }

 private:
  struct Attempt;
  struct Underway;  // a line of progress()

  awaitable<void> load_taken();
  awaitable<bool> was_taken(Attempt& attempt);
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
  bool waits_for_day(const Attempt& attempt) const;
  awaitable<void> give_days();
  library::Courseware courseware_of(const Attempt& attempt) const;
  template <class Work>
  awaitable<Result<void>> on_disk(Work work);

  Parts parts_;
  config::Receiver settings_;
  unsigned keep_years_;
  Zone zone_;
  Turns slots_;
  std::list<Progress> underway_;
  QuarantineKeep keep_;
  bool loaded_ = false;
  TakenByPath before_;  // what the last run took
};

// The day until which courseware that was stored on `stored` is kept: the same day that many years later, the
// last of February for its 29th.
LocalDate keep_until(LocalDate stored, unsigned years);

}  // namespace edu::receiver
