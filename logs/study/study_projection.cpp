// What study sessions say of themselves: who was expected, who was there, what played, and what of it each of
// them is credited.
#include "logs/study/study_projection.h"

#include <map>

#include "base/sql_named.h"
#include "logs/journal/events.h"
#include "logs/study/credit.h"

namespace edu::logs {
namespace {

constexpr const char* kSchema = R"(
  CREATE TABLE IF NOT EXISTS session(
     session INTEGER PRIMARY KEY, seq INTEGER NOT NULL, frozen_seq INTEGER NOT NULL DEFAULT 0,
    closed_seq INTEGER NOT NULL DEFAULT 0, programme INTEGER NOT NULL, local_start TEXT NOT NULL,
    title TEXT NOT NULL, tutor TEXT NOT NULL, chair TEXT NOT NULL, place TEXT NOT NULL, groups TEXT NOT NULL,
    planned_start_ms INTEGER NOT NULL, planned_end_ms INTEGER NOT NULL, closed_ms INTEGER NOT NULL DEFAULT 0,
    why TEXT NOT NULL DEFAULT '', rule TEXT NOT NULL DEFAULT '', visitors INTEGER NOT NULL DEFAULT 0,
    effective_ms INTEGER NOT NULL DEFAULT 0, least_ms INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE INDEX IF NOT EXISTS session_start ON session(planned_start_ms);
  CREATE TABLE IF NOT EXISTS expected(
    session INTEGER NOT NULL, person TEXT NOT NULL, category TEXT NOT NULL, group_name TEXT NOT NULL,
    PRIMARY KEY(session, person)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS presence(
    session INTEGER NOT NULL, person TEXT NOT NULL, in_ms INTEGER NOT NULL, in_seq INTEGER NOT NULL,
    out_ms INTEGER NOT NULL DEFAULT 0, out_seq INTEGER NOT NULL DEFAULT 0, means TEXT NOT NULL,
    PRIMARY KEY(session, person, in_seq)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS attendance(
     session INTEGER NOT NULL, person TEXT NOT NULL, excused TEXT NOT NULL DEFAULT '',
    credited_ms INTEGER NOT NULL DEFAULT 0, present INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(session,
    person)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS session_play(
    play INTEGER PRIMARY KEY, session INTEGER NOT NULL, courseware INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS session_play_session ON session_play(session);
  CREATE TABLE IF NOT EXISTS session_span(
    play INTEGER NOT NULL, wall_ms INTEGER NOT NULL, media_ms INTEGER NOT NULL, length_ms INTEGER NOT NULL,
    PRIMARY KEY(play, wall_ms, media_ms)) STRICT, WITHOUT ROWID)";

void session_opened(Database& db, const Entry& at, const SessionOpened& e) {
  sql::insert(db, "session",
              "session, seq, programme, local_start, title, tutor, chair, place, groups, planned_start_ms, "
              "planned_end_ms",
              e, at);
}

void session_frozen(Database& db, const Entry& at, const SessionFrozen& e) {
  sql::exec_named(
      db, "UPDATE session SET frozen_seq=:seq, rule=:rule, least_ms=:least_ms WHERE session=:session", e, at);
  for (const auto& person : e.expected)
    sql::insert(db, "expected", "session, person, category, group_name", person,
                sql::named("session", e.session), sql::named("group_name", person.group));
}

// Who comes after all needs no excuse.
void signed_in(Database& db, const Entry& at, const SignedIn& e) {
  sql::exec_named(db, "UPDATE attendance SET excused='' WHERE session=:session AND person=:person", e);
  sql::insert(db, "presence", "session, person, in_ms, in_seq, means", e, sql::named("in_ms", e.at_ms),
              sql::named("in_seq", at.seq));
}

void signed_out(Database& db, const Entry& at, const SignedOut& e) {
  sql::exec_named(db,
                  "UPDATE presence SET out_ms=:at_ms, out_seq=:seq "
                  "WHERE session=:session AND person=:person AND out_seq=0",
                  e, at);
}

void excused(Database& db, const Entry&, const Excused& e) {
  sql::exec_named(db,
                  "INSERT INTO attendance(session, person, excused) VALUES(:session, :person, :reason) "
                  "ON CONFLICT(session, person) DO UPDATE SET excused=excluded.excused",
                  e);
}

void visitors_counted(Database& db, const Entry&, const VisitorsCounted& e) {
  sql::exec_named(db, "UPDATE session SET visitors=:count WHERE session=:session", e);
}

void playback_started(Database& db, const Entry&, const PlaybackStarted& e) {
  if (e.session != 0) sql::insert(db, "session_play", "play, session, courseware", e);
}

void playback_ended(Database& db, const Entry&, const PlaybackEnded& e) {
  if (sql::number(db, "SELECT count(*) FROM session_play WHERE play=?", 0, e.play) == 0) return;
  for (const auto& span : e.spans)
    sql::exec_named(db, "INSERT OR IGNORE INTO session_span VALUES(:play, :wall_ms, :media_ms, :length_ms)",
                    span, sql::named("play", e.play));
}

std::vector<PlaySpan> spans_of(Database& db, std::int64_t session) {
  std::vector<PlaySpan> spans;
  auto rows =
      sql::prepare(db,
                   "SELECT wall_ms, media_ms, length_ms FROM session_play JOIN session_span USING(play) "
                   "WHERE session=? ORDER BY wall_ms",
                   session);
  while (rows.executeStep())
    spans.push_back(
        {rows.getColumn(0).getInt64(), rows.getColumn(1).getInt64(), rows.getColumn(2).getInt64()});
  return spans;
}

std::map<std::string, std::vector<Presence>> presence_of(Database& db, std::int64_t session) {
  std::map<std::string, std::vector<Presence>> people;
  auto expected = sql::prepare(db, "SELECT person FROM expected WHERE session=?", session);
  while (expected.executeStep()) people[expected.getColumn(0).getString()];
  auto rows =
      sql::prepare(db, "SELECT person, in_ms, out_ms FROM presence WHERE session=? ORDER BY in_seq", session);
  while (rows.executeStep())
    people[rows.getColumn(0).getString()].push_back(
        {rows.getColumn(1).getInt64(), rows.getColumn(2).getInt64()});
  return people;
}

struct Threshold {
  std::int64_t percent = 0, least_ms = 0;
};

Threshold threshold_of(Database& db, std::int64_t session) {
  auto row = sql::prepare(db, "SELECT rule, least_ms FROM session WHERE session=?", session);
  if (!row.executeStep()) return {};
  const auto rule = parse_json(row.getColumn(0).getString());
  if (!rule || !rule->is_object()) return {};
  return {get_int(rule->get_object(), "credited_percent"), row.getColumn(1).getInt64()};
}

// Attendance is joined to what really played: who was there while something did is present, and an excuse is
// theirs alone who are not.
void session_closed(Database& db, const Entry& at, const SessionClosed& e) {
  sql::exec_named(db,
                  "UPDATE presence SET out_ms=max(in_ms, :closed_ms), out_seq=:seq "
                  "WHERE session=:session AND out_seq=0",
                  e, at);
  const auto spans = spans_of(db, e.session);
  const auto effective = effective_ms(spans);
  const auto threshold = threshold_of(db, e.session);
  // A record from before "cancelled" was one says "stopped" of a session that never began.
  sql::exec_named(db,
                  "UPDATE session SET closed_seq=:seq, closed_ms=max(planned_start_ms, :closed_ms), "
                  "why=iif(:why='stopped' AND frozen_seq=0, 'cancelled', :why), "
                  "effective_ms=:effective WHERE session=:session",
                  e, at, sql::named("effective", effective));
  for (const auto& [person, presence] : presence_of(db, e.session)) {
    const auto credited = credited_ms(spans, presence);
    const int present = is_present(credited, effective, threshold.percent, threshold.least_ms) ? 1 : 0;
    sql::exec_named(db,
                    "INSERT INTO attendance(session, person, credited_ms, present) "
                    "VALUES(:session, :person, :credited, :present) ON CONFLICT(session, person) "
                    "DO UPDATE SET credited_ms=excluded.credited_ms, present=excluded.present, "
                    "excused=iif(excluded.present, '', excused)",
                    e, sql::named("person", person), sql::named("credited", credited),
                    sql::named("present", present));
  }
}

}  // namespace

Projection study_projection() {
  return {"study",
          2,
          kSchema,
          {on<session_opened>(), on<session_frozen>(), on<signed_in>(), on<signed_out>(), on<excused>(),
           on<visitors_counted>(), on<playback_started>(), on<playback_ended>(), on<session_closed>()}};
}

}  // namespace edu::logs
