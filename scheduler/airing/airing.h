// An airing: one deck, and the occurrence that it has, from its preload to its end as run.
//
// Comes in: an occurrence to arm, and what the deck says. Leaves: orders to the deck, notes for the as-run
// record (as_run.h), the end of its study session. The caller (playout.h) says when something is due.
// Nothing here waits. Loop thread.
//
// Of a rundown each item has its own time, the start and the declared lengths of those before it. What cannot
// be played ends there as missing, and the next one starts no earlier.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "player/deck/deck.h"
#include "scheduler/airing/as_run.h"
#include "scheduler/airing/as_run_log.h"
#include "scheduler/airing/missed.h"
#include "scheduler/airing/status.h"

namespace edu::scheduler {

// What the airings and the playout know of occurrences, by their keys.
struct Known {
  std::map<std::string, State> settled;          // aired or missed
  std::map<std::string, std::int64_t> sessions;  // open; 0: its number is not known yet
  bool is_settled(const std::string& key) const { return settled.contains(key); }
  std::int64_t session_of(const std::string& key) const;  // 0: none
};

class Airing {
 public:
  struct Parts {
    std::string name;  // the deck's
    player::Deck& deck;
    AsRunLog& log;
    Clock& clock;
    Known& known;
    milliseconds preload;
    milliseconds checkpoint;     // between two rows of the scratch table
    std::function<void()> ring;  // the deck has said something: take it in
  };

  // Listens to the deck from now on. Everything in `parts` must outlive this.
  explicit Airing(Parts parts);
  ~Airing();
  Airing(const Airing&) = delete;
  Airing& operator=(const Airing&) = delete;

  bool is_free() const { return !running_; }
  bool has(const std::string& key) const { return running_ && running_->key == key; }
  bool is_on_air() const { return running_ && running_->started; }
  bool is_over() const { return running_ && running_->over.has_value(); }
  bool is_ordered() const { return running_ && running_->order != 0; }  // the deck holds an order of ours
  bool has_nothing() const;  // of the whole rundown nothing can be played, and nothing of it was on air
  const Occurrence* occurrence() const { return running_ ? &running_->occurrence : nullptr; }
  std::optional<OnAir::Now> now() const;  // nullopt: nothing of it was on air yet, or nothing is left
  player::DeckStatus deck() const { return parts_.deck.status(); }

  bool can_arm() const;  // the deck is up, and has not refused an order just now
  // An occurrence with the files of its rundown.
  struct Order {
    Occurrence occurrence;
    std::vector<player::DeckItem> items;  // the whole rundown
    std::set<std::size_t> gone;           // places of which no file is left
    WallTime due{};                       // its start, or when a deck became free for it
  };
  // Only while it is free. False: the deck is down; Restarted rings.
  bool arm(Order order);
  // What the power cut left of it: item `next` comes next, at its own time. Only while it is free.
  void resume(Order order, std::size_t next);
  // Passes over the items whose time is over, with a line each; the place of the next one, or nullopt: none
  // is left. After resume.
  std::optional<std::size_t> skip_past(milliseconds late_limit);
  void arm_rest();   // of what is on air, where the deck holds no order: when its time comes
  void take_in();    // all that the deck has said
  void note_lost();  // what cannot be played, once its time has come
  void review(bool cancelled, const Moment& moment, const StartRules& rules);  // still wanted?
  void freeze();      // its session, once it is on air
  void checkpoint();  // when one is due
  void finish();      // once it is over: its session is closed, and it is free again
  void drop();        // what has nothing: without a word

  void take_back();  // for the station's end; what the deck says to it is still taken in
  void cut_short();  // after that: ends whatever is not ended yet (stopped)

  // Calls at(instant) with those at which this should be looked at.
  void wakes(const std::function<void(WallTime)>& at) const;

 private:
  struct Heard {
    player::DeckEvent event;
    WallTime at;
  };
  struct Play {
    std::uint64_t token = 0;
    WallTime since{};
    milliseconds position{0};
    Believed believed;
  };
  // When the deck may have begun with its order, by both clocks.
  struct Begin {
    WallTime armed{}, due{};
    milliseconds armed_mono{0};
  };
  struct Running {
    Occurrence occurrence;
    std::string key;
    std::vector<player::DeckItem> items;  // the whole rundown
    std::set<std::size_t> lost;           // places that cannot be played, and are not in the record yet
    WallTime due{};                       // as of its Order
    std::uint64_t order = 0;              // that the deck holds; 0: none
    std::vector<std::size_t> places;      // in the rundown, of the order's items
    Begin begin;                          // of the order
    milliseconds believed{0};             // media of the order's items that are over
    std::size_t next = 0;                 // place of the item that plays or comes next
    bool started = false;                 // something of it was on air
    bool frozen = false;                  // its session is
    bool resumed = false;                 // after a power cut
    bool withdrawn = false;               // revoked or stopped, and not heard of since
    std::optional<Play> play;             // of items[next]
    std::optional<WallTime> over;         // it has ended, then
    std::string why = "ended";            // of the session's end
  };

  void hear(const player::DeckEvent& event);
  void take_in(const Heard& heard);
  void item_started(const player::Started& event, WallTime at);
  void item_goes_on(const player::Progress& event, WallTime at);
  void item_ended(const player::ItemEnded& event, WallTime at);
  void order_finished(const player::Finished& event, WallTime at);
  void deck_failed(const player::Failed& event, WallTime at);
  void deck_restarted(const player::Restarted& event);
  void end_item(std::size_t item, logs::PlaybackEnded ended, Note note = {});
  void end_unseen(std::size_t item, const char* reason);
  void end_rest(WallTime at);
  void lose_order(WallTime at);
  void take(Order order);  // it runs from now on
  bool give_order(WallTime at);
  void session_step(std::string why, WallTime at);

  std::optional<std::size_t> place_of(std::uint64_t order, std::size_t item) const;
  WallTime planned_start(std::size_t item) const;
  WallTime planned_end() const;  // as late as it began
  bool clock_was_set() const;    // since the order was given
  Believed believe(const std::vector<PlaySpan>& spans, std::size_t item, WallTime heard) const;
  logs::PlaybackStarted start_of(std::size_t item, WallTime at) const;
  logs::PlaybackEnded end_of_play(WallTime at, std::string reason) const;
  on_air::Row row() const;

  Parts parts_;
  std::deque<Heard> heard_;
  std::optional<Running> running_;
  std::string equipment_;  // of the deck when it was last up
  bool deck_down_noted_ = false;
  std::uint64_t last_order_ = 0;
  milliseconds checkpoint_due_{0}, retry_due_{0};  // steady
};

}  // namespace edu::scheduler
