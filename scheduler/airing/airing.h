// An airing: one deck, and the occurrence that it has, from its preload to its end as run.
//
// Comes in: an occurrence to arm, and what the deck says. Leaves: orders to the deck, the as-run record
// (as_run.h), the end of its study session. When something is due is the caller's affair (playout.h). Loop
// thread; one call at a time. What throws SQLite::Exception has left undone what it could not write, and is
// called again.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/asio.h"
#include "base/clock.h"
#include "logs/study/sessions.h"
#include "player/deck/deck.h"
#include "scheduler/airing/as_run.h"
#include "scheduler/airing/missed.h"
#include "scheduler/airing/status.h"

namespace edu::scheduler {

// What the airings and the playout know of occurrences, by their keys.
struct Known {
  std::map<std::string, State> settled;          // aired or missed
  std::map<std::string, std::int64_t> sessions;  // open
  bool is_settled(const std::string& key) const { return settled.contains(key); }
  std::int64_t session_of(const std::string& key) const;  // 0: none
};

class Airing {
 public:
  struct Parts {
    std::string name;  // the deck's
    player::Deck& deck;
    logs::Sessions& sessions;
    logs::Ledger& ledger;
    Clock& clock;
    Known& known;
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
  const Occurrence* occurrence() const { return running_ ? &running_->occurrence : nullptr; }
  std::optional<OnAir::Now> now() const;  // nullopt: nothing of it was on air yet, or nothing is left
  player::DeckStatus deck() const { return parts_.deck.status(); }

  bool can_arm() const;  // the deck is up, and has not refused an order just now
  // Only while it is free. False: the deck is down; Restarted rings.
  bool arm(Occurrence occurrence, std::vector<player::DeckItem> items);
  void arm_rest();            // after the deck's failure: what is left of the rundown, now
  awaitable<void> take_in();  // all that the deck has said
  void review(bool cancelled, const Moment& moment, const StartRules& rules);  // still wanted?
  awaitable<void> freeze();      // its session, once it is on air
  awaitable<void> checkpoint();  // when one is due
  awaitable<void> finish();      // once it is over: its session is closed, and it is free again

  void take_back();             // for the station's end; what the deck says to it is still taken in
  awaitable<void> cut_short();  // after that: ends whatever is not ended yet (stopped)

  // Calls at(instant) with those at which this should be looked at.
  void wakes(const std::function<void(WallTime)>& at) const;

 private:
  struct Heard {
    player::DeckEvent event;
    WallTime at;
  };
  struct Play {
    std::int64_t play = 0;
    WallTime since{};
    milliseconds position{0};
    std::vector<PlaySpan> spans;
  };
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
  awaitable<void> take_in(const Heard& heard);
  awaitable<void> item_started(const player::Started& event);
  void item_goes_on(const player::Progress& event);
  awaitable<void> item_ended(const player::ItemEnded& event, WallTime at);
  awaitable<void> order_finished(const player::Finished& event, WallTime at);
  awaitable<void> deck_failed(const player::Failed& event, WallTime at);
  awaitable<void> deck_restarted(const player::Restarted& event);
  awaitable<void> end_item(std::size_t item, logs::PlaybackEnded ended, Note note);
  void lose_order(WallTime at);

  std::optional<std::size_t> place_of(std::uint64_t order, std::size_t item) const;
  WallTime planned_start(std::size_t item) const;
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
