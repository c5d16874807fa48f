// The heartbeat: a commit every few seconds, which shows whether the disk takes what the station writes. It
// feeds the service manager's watchdog. A disk that is full, cannot be written or fails is a state of the
// station, which says so and goes on with what it can, and no reason to be started again; a writer that does
// not answer at all is one. With it the clock's floor is kept. Loop thread.
#pragma once

#include <functional>
#include <optional>

#include "app/clock_floor.h"
#include "base/asio.h"
#include "base/clock.h"
#include "base/database.h"
#include "base/result.h"

namespace edu::app {

class Heartbeat {
 public:
  // `healed`: the disk takes writes again. All that is referred to outlives it.
  Heartbeat(Clock& clock, Writer& writer, ClockFloor& floor, std::function<void()> healed);

  static void create_table(Database& database);  // idempotent
  awaitable<void> run();                         // until it is cancelled
  // Of the newest beat: the refusal storage.…; nullopt: the disk is good.
  const std::optional<Refusal>& trouble() const { return trouble_; }

 private:
  awaitable<void> beat();

  Clock& clock_;
  Writer& writer_;
  ClockFloor& floor_;
  std::function<void()> healed_;
  std::optional<Refusal> trouble_;
};

}  // namespace edu::app
