// What a deck process does with its orders: preload, start at the instant, follow what plays, report.
// Thread: the loop's. Everything goes in by take() and event(), and out by the function given.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/asio.h"
#include "base/clock.h"
#include "player/deck/deck_messages.h"
#include "player/deck/media_player.h"
#include "player/deck/span_tracker.h"

namespace edu::player {

class OrderPlayer {
 public:
  using Send = std::function<void(const DeckMessage&)>;
  // `media` and `clock` outlive it, and it outlives the run of the executor.
  OrderPlayer(asio::any_io_executor executor, MediaPlayer& media, Clock& clock, Send send);

  void arm(const ArmOrder& order);
  void take(const OrderTo& order);
  void event(const PlayerEvent& event);

 private:
  struct Order {
    ArmOrder order;
    std::vector<std::int64_t> entries;  // of the player's list, one per item; -1: never got there
    std::shared_ptr<asio::cancellation_signal> alarm;
    bool due = false;          // its instant has come
    bool held = false;         // an item that is due later than the one before it has ended
    bool ready = false;        // said so
    std::vector<bool> over{};  // by item
    bool is_over() const;
    std::size_t place() const;  // of the item that plays or comes next
  };
  struct Playing {  // the item that is open now
    std::size_t item = 0;
    SpanTracker spans;
    std::int64_t errors = 0;
    WallTime released{};
    bool started = false;
    bool cut_short = false;   // for the next one's own time
    milliseconds reported{};  // steady time of the last progress
  };

  void set_alarm(Order& order, WallTime at);
  awaitable<void> fire(std::uint64_t id, WallTime at);
  void due(std::uint64_t id);
  awaitable<void> watch(std::uint64_t id);
  void preload();
  void go_on();
  bool hold();
  void await_next();
  void cut_short();
  void release();
  void stop(OrderEnd reason);
  void finish(OrderEnd reason);
  bool is_current(std::uint64_t id) const { return current_ && current_->order.id == id; }

  void on(const FileStarted& started);
  void on(const FileReady&);
  void on(const FileEnded& ended);
  void on(const Position& position);
  void on(const Moving& moving);
  void on(const Sought&);
  void on(const PlayerFault&);
  void on(const Core&) {}
  void on(const Gone&) {}
  void report(SpanTracker::Instant now);
  void item_ended(std::size_t item, ItemEnd reason, const std::string& what);
  void end_unplayable();

  SpanTracker::Instant now() const;

  asio::any_io_executor executor_;
  MediaPlayer& media_;
  Clock& clock_;
  Send send_;
  std::optional<Order> current_;  // preloaded or on air: the player's list is its
  std::optional<Order> waiting_;  // armed while another is on air
  std::optional<Playing> playing_;
  WallTime released_{};
  std::uint64_t watched_ = 0;  // the order that watch() looks at
  bool moving_ = false;
};

}  // namespace edu::player
