// One recording, from its first packet to its hand-over: the recorder is started, listened to and started
// again while its time runs; its segments become one file; the intake takes that. On the loop.
//
// What is durable: its row in the database and its folder. Both are enough to go on after a crash at any
// point, so run() looks at them and at nothing that it remembers:
//   no whole.mkv, its time runs     record on, with a new segment; the outage is a gap
//   no whole.mkv, its time is over  join what is there
//   whole.mkv                       hand it over
//   the row says that it is recorded  clean up; the row says so in the same unit of work as the record
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/workers.h"
#include "calendar/zone.h"
#include "config/settings.h"
#include "library/object_store.h"
#include "logs/journal/ledger.h"
#include "receiver/intake/intake.h"
#include "receiver/live/lines.h"
#include "receiver/live/plan.h"
#include "receiver/live/recorder.h"

namespace edu::live {

struct Parts {
  std::function<awaitable<Result<receiver::Reception>>(receiver::Arrival)> take;  // Intake::take
  std::function<awaitable<receiver::Reception>(receiver::Arrival, Refusal, std::uint64_t)>
      record_failure;  // Intake::record_failure
  Launch launch;
  logs::Ledger& ledger;
  library::ObjectStore& store;
  Files& files;
  Workers& workers;
  Clock& clock;
  Zone zone;
  fs::path database;           // read on workers
  fs::path folder;             // of all recordings, in the data folder
  std::uint64_t largest_file;  // bytes that the intake takes
};

enum class Phase { recording, joining, storing };

class Tape {
 public:
  // `parts` must outlive it. `recording` has its row; `channel` may lack its URL when it stands in the
  // settings no longer: then what is there is handed over.
  Tape(const Parts& parts, config::Live channel, Recording recording);
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  // Until it is handed over and its row is gone. Throws on cancellation, and what storage throws;
  // then it may be run again.
  awaitable<void> run();

  // Its time ends at `end`, earlier than it was; the caller writes that into the row.
  void end_at(WallTime end, WallTime planned_end);

  const Recording& recording() const { return recording_; }
  Phase phase() const { return phase_; }
  bool signal() const { return signal_; }
  std::int64_t bytes() const { return before_ + bytes_; }
  const std::optional<Refusal>& trouble() const { return trouble_; }  // what is wrong at the moment
  std::optional<WallTime> heard() const { return heard_; }            // when there was a signal last

 private:
  enum class Next { again, enough };
  bool over() const;
  awaitable<void> record();
  awaitable<Next> listen(Recorder& recorder);
  awaitable<Next> note(const RecordLine& line);
  awaitable<void> look_at_disk();
  void hear(const RecordLine& line);
  void count_gap(std::int64_t length_ms);
  void bound_gaps(std::int64_t kept_ms);
  awaitable<void> keep_row();
  awaitable<void> settle_rest();
  awaitable<bool> join();
  awaitable<Result<JoinLine>> join_once();
  awaitable<void> hand_over();
  awaitable<void> fail(Refusal why, bool keep);
  awaitable<bool> is_recorded();
  awaitable<void> forget(bool keep);
  RecordOrder order() const;
  receiver::Arrival arrival() const;
  template <class Work>
  awaitable<std::invoke_result_t<Work>> on_disk(Work work);

  const Parts& parts_;
  config::Live channel_;
  Recording recording_;
  fs::path folder_, part_, whole_;
  Phase phase_ = Phase::recording;
  bool signal_ = false;
  std::int64_t before_ = 0, bytes_ = 0;  // of earlier runs of the recorder, and of this one
  std::optional<Refusal> trouble_;
  std::optional<WallTime> heard_;
  bool enough_ = false;  // the rest of its time is not recorded
  std::optional<std::int64_t>
      cut_ms_;              // of its time, what was left when it ended; none: it ended in an earlier run
  bool accounted_ = false;  // the recorder has told of the last gap
  milliseconds disk_looked_{};
};

}  // namespace edu::live
