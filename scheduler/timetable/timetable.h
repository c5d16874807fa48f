// The timetable: the programmes of the station, held in memory, changed by one unit of work per edit.
//
// Comes in: edits of people. Leaves: ProgrammeAdded and ProgrammeCancelled in the journal, the rows that they
// explain, and the timeline. Loop thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/asio.h"
#include "base/clock.h"
#include "base/database.h"
#include "base/turns.h"
#include "base/workers.h"
#include "calendar/zone.h"
#include "logs/journal/ledger.h"
#include "scheduler/timetable/timeline.h"

namespace edu::scheduler {

// The tables of this room; idempotent. Call at start-up, before the Writer takes the connection.
void prepare(Database& database);

class Timetable {
 public:
  // `zone` is the station's, of programmes that name none. Rules are walked on `workers`: what somebody asks
  // for may be much.
  Timetable(logs::Ledger& ledger, Clock& clock, Workers& workers, Zone zone);

  // Reads the programmes, on any connection; once, at start-up. Throws SQLite::Exception.
  void load(Database& database);

  // Refusals: those of check_plan and check_room (edit_checks.h), scheduler.courseware_unknown and
  // courseware_removed. What is answered is on disk.
  awaitable<Result<Programme>> add(ProgrammeDraft draft, std::string actor);
  // One occurrence, or the programme with all that is to come. Refusals: scheduler.programme_unknown,
  // already_cancelled, programme_over, occurrence_unknown, occurrence_cancelled, text_missing (reason),
  // text_length.
  awaitable<Result<Programme>> cancel(std::int64_t id, std::optional<LocalTime> occurrence,
                                      std::string reason, std::string actor);

  const std::vector<Programme>& programmes() const { return programmes_; }  // by number
  const Programme* find(std::int64_t id) const;

  // What starts in [from, to).
  std::vector<Occurrence> between(WallTime from, WallTime to) const;
  // What runs at `now` and what starts within `days` days, numbered.
  std::vector<Occurrence> timeline(WallTime now, int days) const;
  // The same, worked out on a worker.
  awaitable<std::vector<Occurrence>> work_out(WallTime now, int days) const;
  // Labels ("P12 水稻育秧") of the programmes that still want this courseware: it must not be removed.
  std::vector<std::string> needs(std::int64_t courseware) const;

  // Called on the loop after each change; must not throw.
  void on_change(std::function<void()> listener) { listeners_.push_back(std::move(listener)); }

 private:
  awaitable<Result<Courses>> courses_of(std::vector<std::int64_t> rundown);
  void keep(Programme programme, const Courses& courses);

  // One edit at a time, so that between the check and the commit nobody else's check can pass.
  Turns turns_;
  logs::Ledger& ledger_;
  Clock& clock_;
  Workers& workers_;
  Zone zone_;
  std::vector<Programme> programmes_;
  Courses courses_;
  std::vector<std::function<void()>> listeners_;
};

}  // namespace edu::scheduler
