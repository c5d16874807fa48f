// The playout: what goes on air when, by the timeline, the clock and the deck; and the record of what really
// did.
//
// Comes in: the timetable, the clock, the deck's events. Leaves: orders to the deck, sessions opened, frozen
// and closed, the as-run events of the journal. Loop thread. The deck holds an armed order to its instant by
// itself, so that nothing here has to be quick.
//
// There is one deck, and it gets one order at a time: of two programmes back to back the second is armed when
// the first has ended, and starts late by the time that loading takes; where that would be more than
// late_limit it is missed.
#pragma once

#include <array>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "base/asio.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/messages.h"
#include "calendar/zone.h"
#include "config/settings.h"
#include "logs/study/sessions.h"
#include "player/deck/deck.h"
#include "scheduler/airing/as_run.h"
#include "scheduler/timetable/timetable.h"

namespace edu::scheduler {

struct MediaFile {
  fs::path path;       // absolute
  bool there = false;  // false: the object is gone
};
using FindFile = std::function<awaitable<MediaFile>(std::int64_t courseware)>;

// For people who ask what goes on. Texts: `why` is a key of the catalogues with its arguments.
struct OnAir {
  struct Now {
    Occurrence occurrence;
    std::size_t item = 0;                // place in the rundown that plays or comes next, from 0
    std::int64_t session = 0, play = 0;  // 0: none
    WallTime planned{}, since{};         // of the item
    milliseconds position{0}, declared{0};
    std::vector<logs::PlaySpan> spans;  // so far; effective_ms is their union
    std::int64_t effective_ms = 0;
  };
  std::optional<Now> now;          // on air
  std::optional<Occurrence> next;  // that is still to come
  ClockTrust trust = ClockTrust::untrusted;
  player::DeckStatus deck;
  std::string equipment;  // "x11/pulse"
  std::string why;
  Args why_args;
};

class Playout {
 public:
  struct Parts {
    Timetable& timetable;
    logs::Sessions& sessions;
    logs::Ledger& ledger;
    player::Deck& deck;
    Clock& clock;
    Zone zone;  // the station's, for texts
    FindFile find_file;
    config::Player player;
    config::Scheduler scheduler;
    std::chrono::minutes open_before;  // config::People
  };

  // Listens to the deck and the timetable from now on. Everything in `parts` must outlive this.
  Playout(asio::any_io_executor executor, Parts parts);
  ~Playout();
  Playout(const Playout&) = delete;
  Playout& operator=(const Playout&) = delete;

  // Closes what the last end of the daemon left open: reason power_loss, with the spans and the time of the
  // last checkpoint. Once, after Timetable::load and before run. Throws SQLite::Exception.
  awaitable<void> recover();
  // Airs programmes until it is cancelled. A failure is logged and tried again later; nothing is forgotten.
  awaitable<void> run();
  // Ends what is on air, with its record and session closed (stopped), within half a second and two commits.
  // Nothing goes on air after it. Throws SQLite::Exception when the record cannot be written.
  awaitable<void> stop();

  OnAir status() const;
  // What runs now and what starts within `days` days, with its state.
  std::vector<Occurrence> timeline(int days) const;

 private:
  struct Heard {
    player::DeckEvent event;
    WallTime at;
  };
  struct Play {
    std::int64_t play = 0;
    WallTime since{};
    milliseconds position{0};
    std::vector<logs::PlaySpan> spans;
  };
  // The occurrence that the deck has, from its preload to its end as run.
  struct Running {
    Occurrence occurrence;
    std::string key;
    std::vector<player::DeckItem> items;  // the whole rundown
    std::uint64_t order = 0;              // that the deck holds; 0: none
    std::size_t first = 0;                // place in the rundown of the order's first item
    std::size_t next = 0;                 // place of the item that plays or comes next
    bool started = false;                 // something of it was on air
    bool frozen = false;                  // its session is
    bool withdrawn = false;               // revoked or stopped, and not heard of since
    std::optional<Play> play;             // of items[next]
    std::optional<WallTime> over;         // it has ended, then
    std::string why = "ended";            // of the session's end
  };

  void hear(const player::DeckEvent& event);
  void ring();
  awaitable<void> bell();
  awaitable<void> until(WallTime instant);
  awaitable<void> first_of(awaitable<void> alarm);  // or the bell

  using Part = awaitable<void> (Playout::*)();
  static const std::array<Part, 8> kParts;  // of a step
  awaitable<bool> try_step();
  awaitable<void> step();
  awaitable<void> attempt(Part part, std::exception_ptr& failure);
  awaitable<void> take_in();  // all that was heard
  awaitable<void> take_in(const Heard& heard);
  awaitable<void> item_started(const player::Started& event);
  awaitable<void> item_ended(const player::ItemEnded& event, WallTime at);
  awaitable<void> order_finished(const player::Finished& event, WallTime at);
  awaitable<void> deck_failed(const player::Failed& event, WallTime at);
  awaitable<void> deck_restarted(const player::Restarted& event);
  awaitable<void> end_item(std::size_t item, logs::PlaybackEnded ended, Note note);

  awaitable<void> note_clock();
  void resolve_again();
  awaitable<void> last_words();
  void review();  // is what the deck holds still wanted?
  awaitable<void> finish();
  awaitable<void> open_sessions();
  awaitable<void> close_sessions();  // of what was missed or cancelled
  awaitable<void> freeze();
  awaitable<void> note_missed();
  awaitable<void> arm();
  awaitable<void> arm_next();
  void arm_rest();
  awaitable<void> checkpoint();
  WallTime next_wake() const;

  bool is_cancelled(const Occurrence& occurrence) const;
  bool is_settled(const std::string& key) const { return settled_.contains(key); }
  bool may_start(const Occurrence& occurrence) const;
  WallTime last_chance(const Occurrence& occurrence) const;
  std::string why_missed(const Occurrence& occurrence) const;
  std::int64_t session_of(const std::string& key) const;
  std::optional<std::size_t> place_of(std::uint64_t order, std::size_t item) const;
  logs::PlaybackStarted start_of(std::size_t item, WallTime at) const;
  playout_tables::OnAirRow row() const;
  void explain(OnAir& status) const;

  Parts parts_;
  milliseconds began_;  // steady; when the station came up
  asio::steady_timer bell_;
  bool rung_ = false;
  Turns turns_;  // run's step or stop
  bool stopping_ = false;

  std::deque<Heard> heard_;
  std::vector<Occurrence> list_;  // from kLookBack ago to the horizon
  bool stale_ = true;
  WallTime resolved_{};
  milliseconds offset_;     // of the wall clock from the steady one
  bool clock_set_ = false;  // and not in the journal yet
  bool deck_down_noted_ = false;

  std::string equipment_;  // of the deck when it was last up
  std::optional<Running> running_;
  std::map<std::string, State> settled_;
  std::map<std::string, std::int64_t> sessions_;  // open, by occurrence
  std::uint64_t last_order_ = 0;
  milliseconds checkpoint_due_{0}, retry_due_{0};  // steady
};

}  // namespace edu::scheduler
