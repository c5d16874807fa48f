// The as-run log: notes (as_run.h) on their way into the journal. What is on air never waits for it.
//
// Comes in: notes, without waiting. Leaves: one unit of work each, in order, each exactly once; while the
// disk takes none, a line each in the emergency log (emergency_log.h), from which the next start takes them
// when the power goes too. A note that came late into the journal has its own times; the record asrun.late
// before it says how many came so, and since when. Loop thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "base/asio.h"
#include "base/clock.h"
#include "base/turns.h"
#include "scheduler/airing/as_run.h"
#include "scheduler/airing/emergency_log.h"

namespace edu::scheduler {

class AsRunLog {
 public:
  struct Parts {
    logs::Ledger& ledger;
    const logs::Sessions& sessions;
    Clock& clock;
    EmergencyLog& emergency;
    // The numbers of a note that was written.
    std::function<void(const Note& note, const Numbers& numbers)> written;
  };
  AsRunLog(asio::any_io_executor executor, Parts parts);

  std::uint64_t new_token() { return ++last_token_; }
  // 0: it is not written yet.
  std::int64_t number_of(std::uint64_t token) const;

  void put(Note note);
  // What the emergency log holds of a start before this one, the oldest first; to be written before anything
  // else.
  awaitable<std::vector<Note>> take_over();
  // Writes what comes until it is cancelled.
  awaitable<void> run();
  // Writes what waits, now. Throws what the first that is left failed with.
  awaitable<void> write();

  // What keeps notes from the journal; nullopt: nothing does.
  struct Trouble {
    std::string what;
    WallTime since{};
    std::size_t waiting = 0;
  };
  std::optional<Trouble> trouble() const;

 private:
  struct Entry {
    Note note;
    WallTime at{};
    EmergencyLog::Place place{};  // in the emergency log; none: it is not there
    bool kept = false;            // it is there, or on its way to it
  };
  awaitable<void> write_first();
  awaitable<void> keep();

  Parts parts_;
  asio::steady_timer bell_;
  Turns turns_;
  std::deque<Entry> queue_;
  std::map<std::uint64_t, std::int64_t> numbers_;  // of plays, by token
  std::uint64_t last_token_;
  std::int64_t failures_ = 0;
  bool late_told_ = false;
  std::string what_;
  WallTime since_{};
};

}  // namespace edu::scheduler
