// What happens to courseware once it is in the library: pinned, removed with a reason and an approver, and
// put together again at a start. Each change of the courses is one unit of work with its record. On the
// loop.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/turns.h"
#include "base/workers.h"
#include "calendar/zone.h"
#include "library/courseware.h"
#include "library/object_store.h"
#include "logs/journal/ledger.h"

namespace edu::receiver {

// The titles of the programmes that still need a course; on the loop, of the timetable in memory.
using NeededBy = std::function<std::vector<std::string>(std::int64_t courseware)>;

struct SweepReport {
  std::int64_t unfinished_removed = 0;  // staged files of attempts that were cut short
  std::int64_t orphans = 0;             // objects without a row, moved to quarantine
  std::int64_t removals_finished = 0;   // objects of rows that were marked removed
  std::vector<std::int64_t> missing;    // numbers of courseware whose object is gone
};

class Custody {
 public:
  struct Parts {
    logs::Ledger& ledger;
    library::ObjectStore& store;
    Workers& workers;
    Clock& clock;
    KeyedTurns& locks;  // the intake's
    NeededBy needed_by;
    Zone zone;
  };
  explicit Custody(Parts parts) : parts_(std::move(parts)) {}

  // Refusals: library.unknown (not_found), library.already_removed (conflict). What is pinned already stays
  // so, without a record.
  awaitable<Result<library::Courseware>> pin(std::int64_t no, bool pinned, std::string actor);

  // The row first, with its record; the object once that is committed. Refusals: as pin; library.is_pinned,
  // library.is_scheduled {programmes} (both conflict); library.reason_missing {most}.
  awaitable<Result<library::Courseware>> remove(std::int64_t no, std::string reason, std::string approved_by,
                                                std::string actor);

  // Reconciles objects and rows; records LibrarySwept when there was something to mend. Once, at start,
  // before anything is received. Throws when storage or database fail.
  awaitable<SweepReport> sweep();

 private:
  awaitable<void> delete_object(std::string sha256);

  Parts parts_;
};

}  // namespace edu::receiver
