// Taking turns on the loop: at most so many coroutines at a time, in the order of asking; or one at a time
// for each key. No threads are involved. A wait ends when somebody's turn goes, or by cancellation, which
// throws; a turn that fell to one who is cancelled passes to the next.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/asio.h"

namespace edu {

class Turns {
  struct State;

 public:
  // Given back when it goes; it may outlive the Turns.
  class Turn {
   public:
    explicit Turn(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
    Turn(Turn&& other) noexcept = default;
    Turn& operator=(Turn&&) = delete;
    ~Turn();

   private:
    std::shared_ptr<State> state_;  // null in one that was moved from
  };

  explicit Turns(std::size_t at_once = 1);
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  awaitable<Turn> take();
  std::optional<Turn> try_take();  // without waiting; none: all are taken
  std::size_t waiting() const;

 private:
  friend class KeyedTurns;
  struct Waiter;
  static awaitable<Turn> take(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

// One at a time for each key; other keys do not wait.
class KeyedTurns {
 public:
  awaitable<Turns::Turn> take(std::string key);

 private:
  std::map<std::string, std::weak_ptr<Turns::State>> keys_;  // as long as somebody has or awaits its turn
};

}  // namespace edu
