// What people are told of what goes on air.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/messages.h"
#include "logs/journal/events.h"
#include "player/deck/deck.h"
#include "scheduler/airing/as_run_log.h"
#include "scheduler/timetable/timeline.h"

namespace edu::scheduler {

// Texts: `why` is a key of the text files with its arguments.
struct OnAir {
  struct Now {
    Occurrence occurrence;
    std::size_t item = 0;                // place in the rundown that plays or comes next, from 0
    bool plays = false;                  // the item does; else it comes next
    std::int64_t session = 0, play = 0;  // 0: none, or not in the journal yet
    bool resumed = false;                // after the station was off in the middle of it
    WallTime planned{}, since{};         // of the item
    milliseconds position{0}, declared{0};
    std::vector<PlaySpan> spans;  // so far; effective_ms is their union
    std::int64_t effective_ms = 0;
  };
  std::optional<Now> now;          // on air
  std::optional<Occurrence> next;  // that is still to come
  ClockTrust trust = ClockTrust::untrusted;
  player::DeckStatus deck;
  std::string equipment;                    // "x11/pulse"
  std::optional<AsRunLog::Trouble> record;  // what keeps the as-run record from the journal
  std::string why;
  Args why_args;
};

}  // namespace edu::scheduler
