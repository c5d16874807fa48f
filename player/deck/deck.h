// The deck seam: what plays programmes. The scheduler gives orders and hears what really happened.
//
// A deck holds one order that is armed and one that is on air. An armed order is preloaded, paused, and
// starts at its instant by the deck's own timer, whatever the daemon is doing then; where another order is
// still on air at that instant, it starts as soon as that one has ended. Orders are taken without waiting;
// what became of them comes as events. Thread: all calls and all events on the loop's.
// tests/support/fake_deck.h is one for tests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/play_span.h"
#include "base/time.h"

namespace edu::player {

struct DeckItem {
  std::filesystem::path path;  // absolute; of a regular file
  milliseconds declared{};     // 0: not known
  WallTime own_time{};         // it starts no earlier, however soon the one before it ends; 0: at once
  bool operator==(const DeckItem&) const = default;
};

struct ArmOrder {
  std::uint64_t id = 0;  // the caller's; each order has its own, and events name it
  WallTime at;
  std::vector<DeckItem> items;  // 1 to kMostItems, played one after the other
  bool operator==(const ArmOrder&) const = default;
};
inline constexpr std::size_t kMostItems = 200;

// Preloaded: the first item that can be opened stands at its first frame.
struct Ready {
  std::uint64_t id = 0;
  bool operator==(const Ready&) const = default;
};
// An item's media is seen to advance for the first time. An item that never does has no Started, only
// ItemEnded.
struct Started {
  std::uint64_t id = 0;
  std::size_t item = 0;
  WallTime
      at;  // when the deck let it go: the first item by unpausing, a later one by the end of the one before
  WallTime first_frame;  // when its media clock began to move
  bool operator==(const Started&) const = default;
};
// About once a second while on air. `spans` are all of the item so far, the last one still growing.
struct Progress {
  std::uint64_t id = 0;
  std::size_t item = 0;
  milliseconds position{};
  std::vector<PlaySpan> spans;
  bool operator==(const Progress&) const = default;
};
enum class ItemEnd { eof, stopped, error };  // eof is not success: compare `played` with what was declared
struct ItemEnded {
  std::uint64_t id = 0;
  std::size_t item = 0;
  ItemEnd reason = ItemEnd::eof;
  milliseconds played{};  // the sum of the spans
  std::int64_t errors =
      0;  // messages of level error and worse from libav, decoders and demuxers during the item
  std::vector<PlaySpan> spans;
  std::string what;  // for reason error: the player's word (English, for diagnostics)
  bool operator==(const ItemEnded&) const = default;
};
// Exactly one closes each order that was taken, unless the process dies (Failed). played: every item has
// ended by itself, well or not. refused: the order cannot be taken (another one is armed, no item); `what`
// says why.
enum class OrderEnd { played, stopped, revoked, refused };
struct Finished {
  std::uint64_t id = 0;
  OrderEnd reason = OrderEnd::played;
  std::string what;
  bool operator==(const Finished&) const = default;
};
// The process died, hung and was killed, or cannot be started. Every order it held is gone; what was played
// so far is what the last Progress said. `what` is for diagnostics.
struct Failed {
  std::string what;
  bool operator==(const Failed&) const = default;
};
// The process is up and takes orders: after its first start too (restarts = 0). What is to play is armed
// again.
struct Restarted {
  unsigned restarts = 0;
  bool operator==(const Restarted&) const = default;
};

using DeckEvent = std::variant<Ready, Started, Progress, ItemEnded, Finished, Failed, Restarted>;

struct DeckStatus {
  bool up = false;
  std::string video_output,
      audio_output;     // mpv's names of what is really used: "x11", "gpu", "null", "alsa" …
  std::string version;  // of mpv
  std::optional<std::uint64_t> on_air;  // the order that has started and not finished
  unsigned restarts = 0;
  unsigned garbage_lines = 0;  // lines from the process that made no sense, and were dropped
};

// None of the calls throws or waits.
class Deck {
 public:
  using Listener =
      std::function<void(const DeckEvent&)>;  // noexcept in spirit: what it throws ends the daemon

  virtual ~Deck() = default;
  // One listener, called on the loop, never from within one of the calls below. Set it before the deck is
  // started.
  virtual void on_event(Listener listener) = 0;
  // False when the process is down: nothing was ordered, try again at Restarted.
  [[nodiscard]] virtual bool arm(const ArmOrder& order) = 0;
  // Before its instant: unloads it, Finished{revoked}. Afterwards, or for an id that is not known: nothing.
  virtual void revoke(std::uint64_t id) = 0;
  // Ends an order on air, ItemEnded{stopped} and Finished{stopped}; one that is armed as revoke does.
  virtual void stop(std::uint64_t id) = 0;
  virtual void pause(std::uint64_t id) = 0;  // of an order on air; else nothing
  virtual void resume(std::uint64_t id) = 0;
  virtual DeckStatus status() const = 0;
};

}  // namespace edu::player
