// The playout: what goes on air when, by the timeline, the clock and the decks; and the record of what really
// did.
//
// Comes in: the timetable, the clock, the decks' events. Leaves: orders to the decks, sessions opened, frozen
// and closed, the as-run events of the journal. Loop thread. A deck holds an armed order to its instant by
// itself, so that nothing here has to be quick.
//
// What one deck has is an airing (airing.h). An occurrence goes to the first deck that is free: with one
// deck, of two programmes back to back the second is armed when the first has ended, and starts late by the
// time that loading takes. Where the first takes longer than planned the second waits for it: late_limit
// counts from when the deck is free (missed.h).
//
// What is decided here waits for no disk: what is written goes through the as-run log (as_run_log.h).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "base/asio.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/turns.h"
#include "base/workers.h"
#include "calendar/zone.h"
#include "config/settings.h"
#include "logs/study/sessions.h"
#include "scheduler/airing/airing.h"
#include "scheduler/timetable/timetable.h"

namespace edu::scheduler {

struct MediaFile {
  fs::path path;       // absolute
  bool there = false;  // false: the object is gone
};
using FindFile = std::function<awaitable<MediaFile>(std::int64_t courseware)>;

class Playout {
 public:
  struct NamedDeck {
    std::string name;  // of its row in the scratch table
    player::Deck& deck;
  };
  struct Parts {
    Timetable& timetable;
    logs::Sessions& sessions;
    logs::Ledger& ledger;
    std::vector<NamedDeck> decks;  // at least one
    Clock& clock;
    Zone zone;  // the station's, for texts
    FindFile find_file;
    Files& files;
    Workers& workers;
    fs::path emergency_log;  // its file
    config::Player player;
    config::Scheduler scheduler;
    std::chrono::minutes open_before;  // config::People
  };

  // Listens to the decks and the timetable from now on. Everything in `parts` must outlive this.
  Playout(asio::any_io_executor executor, Parts parts);
  ~Playout();
  Playout(const Playout&) = delete;
  Playout& operator=(const Playout&) = delete;

  // The scratch table; idempotent. At start-up, before the Writer takes the connection.
  static void prepare(Database& database);
  // Closes what the last end of the daemon left open: reason power_loss, with the spans and the time of the
  // last checkpoint. A programme of which something is still due goes on. Once, after Timetable::load and
  // before run. Throws SQLite::Exception when the database cannot be read.
  awaitable<void> recover();
  // Airs programmes until it is cancelled. A failure is logged and tried again; nothing is forgotten.
  awaitable<void> run();
  // Writes the record until it is cancelled, beside run.
  awaitable<void> run_record() { return log_.run(); }
  // Ends what is on air, with its record and session closed (stopped), within half a second and two commits.
  // Nothing goes on air after it. Throws when the record cannot be written; the emergency log has it then.
  awaitable<void> stop();

  OnAir status() const;
  // What runs now and what starts within `days` days, with its state.
  awaitable<std::vector<Occurrence>> timeline(int days) const;

 private:
  void ring();
  awaitable<void> bell();
  awaitable<void> until(WallTime instant);
  awaitable<void> first_of(awaitable<void> alarm);  // or the bell

  awaitable<void> try_step();
  awaitable<void> step();
  void take_in();
  awaitable<void> last_words();

  void note_clock();
  void resolve_again();
  void review();
  void open_sessions();
  void close_sessions();  // of what was missed or cancelled
  void close_session(const std::string& key, WallTime at, const char* why);
  void note_missed();
  void note_busy();
  awaitable<void> arm();
  awaitable<void> arm_next(Airing& airing);
  awaitable<Airing::Order> order_of(Occurrence occurrence);
  WallTime next_wake() const;

  Moment moment() const;
  bool is_cancelled(const Occurrence& occurrence) const;
  bool is_taken(const std::string& key) const;  // some deck has it
  bool may_start(const Occurrence& occurrence) const;
  WallTime due_of(const Occurrence& occurrence) const;  // its start, or when a deck was free for it
  bool was_jumped(WallTime start) const;                // somebody set the clock past it
  void written(const Note& note, const Numbers& numbers);
  awaitable<void> close_left(on_air::Row row);
  awaitable<bool> go_on_with(const on_air::Row& row);
  Airing& airing_of(const std::string& deck);
  void put_missed(std::vector<logs::ProgrammeMissed> missed);
  void explain(OnAir& status) const;

  Parts parts_;
  StartRules rules_;
  milliseconds began_;  // steady; when the station came up
  asio::steady_timer bell_;
  bool rung_ = false;
  Turns turns_;  // run's step or stop
  bool stopping_ = false;

  std::vector<Occurrence> list_;                                // from kLookBack ago to the horizon
  const std::shared_ptr<void> here_ = std::make_shared<int>();  // as long as we are
  bool stale_ = true;
  WallTime resolved_{};
  milliseconds offset_;  // of the wall clock from the steady one
  struct Jump {
    WallTime from, to;
  };
  std::vector<Jump> jumps_;  // forward, by somebody who set the clock, the newest last
  Jump busy_;                // when no deck was free for what was due, last

  Known known_;
  EmergencyLog emergency_;
  AsRunLog log_;
  std::vector<std::unique_ptr<Airing>> airings_;  // one for each deck
};

}  // namespace edu::scheduler
