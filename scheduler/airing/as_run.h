// The as-run record: what playout and airings write of what really happened. Evidence, not the plan.
//
// A Note is one unit of work: its events and the rows that they explain are on disk together or not at all.
// Nobody waits for one: it is handed to the as-run log (as_run_log.h), and names plays by tokens and sessions
// by their occurrence, because their numbers are given when it is written. Loop thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/asio.h"
#include "logs/journal/ledger.h"
#include "logs/study/open_sessions.h"
#include "logs/study/sessions.h"
#include "player/deck/deck.h"
#include "scheduler/airing/on_air_table.h"
#include "scheduler/timetable/timeline.h"

namespace edu::scheduler {

// What becomes of the session of an occurrence that is not over.
struct SessionStep {
  std::int64_t programme = 0;
  std::string local_start;
  std::int64_t at_ms = 0;
  std::string why;  // of an end: as logs::SessionClosed; empty: it is frozen
};
BOOST_DESCRIBE_STRUCT(SessionStep, (), (programme, local_start, at_ms, why))

// A session that is opened for an occurrence, as logs::SessionPlan.
struct SessionOpening {
  std::int64_t programme = 0;
  std::string local_start, title, tutor, chair, place;
  std::vector<std::string> groups;
  std::int64_t planned_start_ms = 0, planned_end_ms = 0, at_ms = 0;
};
BOOST_DESCRIBE_STRUCT(SessionOpening, (),
                      (programme, local_start, title, tutor, chair, place, groups, planned_start_ms,
                       planned_end_ms, at_ms))

struct Note {
  std::uint64_t token = 0;  // of the play that `started`, `ended` and `on_air` are of; 0: none
  std::optional<SessionOpening> open;
  std::optional<logs::PlaybackStarted>
      started;                               // gets its numbers when it is written; settles its occurrence
  std::optional<logs::PlaybackEnded> ended;  // its number, where the token is not known
  std::optional<SessionStep> session;
  std::optional<logs::DeckFailed> deck_failed;
  std::optional<logs::DeckRestarted> deck_restarted;
  std::optional<logs::ClockSet> clock_set;
  std::optional<logs::ProgrammeResumed> resumed;
  std::vector<logs::ProgrammeMissed> missed;  // each settles its occurrence
  std::optional<on_air::Row> on_air;          // of a play that has just started, its number is filled in
  std::optional<std::string> off_air;         // the deck of this name runs nothing any more
};
BOOST_DESCRIBE_STRUCT(Note, (),
                      (token, open, started, ended, session, deck_failed, deck_restarted, clock_set, resumed,
                       missed, on_air, off_air))

// The numbers that a note was given, or that it names; 0: none.
struct Numbers {
  std::int64_t play = 0, session = 0;
};
// Within a unit of work. `play`: the number of the play of the note's token, 0: not known.
Numbers put(logs::Transaction& t, const logs::Sessions& sessions, Note note, std::int64_t play);

// What the last end of the daemon left.
struct Left {
  std::map<std::string, State> settled;
  std::vector<on_air::Row> on_air;
  std::vector<logs::OpenSession> sessions;
};
awaitable<Left> what_is_left(logs::Ledger& ledger);
// What a note that is not written yet changes in it.
void amend(Left& left, const Note& note);

// One that begins where another does is left out.
std::vector<PlaySpan> distinct(const std::vector<PlaySpan>& spans);

// occurrence_key of what an event names.
std::string key_of(std::int64_t programme, const std::string& local_start);

// How an item ended: completed, truncated, stopped or error. End of file is not success: a file that was cut
// off ends like a whole one. Short of the declared duration by up to 2 s and half a percent is whole:
// containers round, and some estimate.
std::string end_reason(player::ItemEnd end, milliseconds played, milliseconds declared);

// How much longer than declared a course may have played: the same tolerance.
milliseconds longest_play(milliseconds declared);

// What the station believes of the spans that a deck reports: none outside [from, to] by the wall clock, and
// together no more than `at_most`. Pure.
struct Believed {
  std::vector<PlaySpan> spans;
  std::int64_t cut_ms = 0;  // that was reported besides
};
struct Bounds {
  milliseconds at_most{0};
  WallTime from{}, to{};
};
Believed believe(const std::vector<PlaySpan>& spans, const Bounds& bounds);

}  // namespace edu::scheduler
