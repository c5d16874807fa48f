// The as-run record: what playout and airings write of what really happened. Evidence, not the plan.
//
// A Note is one unit of work: its events and the rows that they explain are on disk together or not at all.
// Loop thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/asio.h"
#include "logs/journal/ledger.h"
#include "logs/study/open_sessions.h"
#include "player/deck/deck.h"
#include "scheduler/airing/on_air_table.h"
#include "scheduler/timetable/timeline.h"

namespace edu::scheduler {

struct Note {
  std::optional<logs::PlaybackStarted> started;  // gets its number when it is written; settles its occurrence
  std::optional<logs::PlaybackEnded> ended;      // of `started` where that is there too
  std::optional<logs::DeckFailed> deck_failed;
  std::optional<logs::DeckRestarted> deck_restarted;
  std::optional<logs::ClockSet> clock_set;
  std::vector<logs::ProgrammeMissed> missed;  // each settles its occurrence
  std::optional<on_air::Row> on_air;          // of a play that has just started, its number is filled in
  std::optional<std::string> off_air;         // the deck of this name runs nothing any more
};

// Answers the number of the play that the note is about; 0: none.
awaitable<std::int64_t> write(logs::Ledger& ledger, Note note);

// What the last end of the daemon left.
struct Left {
  std::map<std::string, State> settled;
  std::vector<on_air::Row> on_air;
  std::vector<logs::OpenSession> sessions;
};
awaitable<Left> what_is_left(logs::Ledger& ledger);

// One that begins where another does is left out.
std::vector<PlaySpan> distinct(const std::vector<PlaySpan>& spans);

// occurrence_key of what an event names.
std::string key_of(std::int64_t programme, const std::string& local_start);

// How an item ended: completed, truncated, stopped or error. End of file is not success: a file that was cut
// off ends like a whole one. Short of the declared duration by up to 2 s and half a percent is whole:
// containers round, and some estimate.
std::string end_reason(player::ItemEnd end, milliseconds played, milliseconds declared);

}  // namespace edu::scheduler
