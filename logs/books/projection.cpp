// Events of the journal come in, rows of the books' tables leave; on the writer thread, inside the unit of
// work that appended the event. The same code makes the tables anew (rebuild) and proves them
// (first_difference).
#include "logs/books/projection.h"

#include <map>

#include <boost/json/value_to.hpp>

#include "base/sql.h"
#include "logs/journal/events.h"
#include "logs/study/credit.h"

namespace edu::logs::projection {
namespace {

// Count up when the tables or what is put into them change: the next start makes them anew from the journal.
constexpr std::int64_t kVersion = 3;

constexpr const char* kTables[] = {"reception", "serial",   "storage",  "playback",  "playback_span",
                                   "session",   "expected", "presence", "attendance"};

constexpr const char* kSchema = R"(
  CREATE TABLE IF NOT EXISTS reception(
    no INTEGER PRIMARY KEY, seq INTEGER NOT NULL, started_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL,
    means TEXT NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL, category TEXT NOT NULL,
    format TEXT NOT NULL, size INTEGER NOT NULL, duration_ms INTEGER NOT NULL, outcome TEXT NOT NULL,
    integrity TEXT NOT NULL, sha256 TEXT NOT NULL, damaged_packets INTEGER NOT NULL, reason_code TEXT NOT NULL,
    reason_args TEXT NOT NULL, courseware_no INTEGER NOT NULL, duplicate_of INTEGER NOT NULL,
    receiver TEXT NOT NULL, signed_by TEXT NOT NULL, key_id TEXT NOT NULL, series TEXT NOT NULL,
    serial INTEGER NOT NULL, gaps INTEGER NOT NULL, gap_ms INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS reception_started ON reception(started_ms);
  CREATE INDEX IF NOT EXISTS reception_sha256 ON reception(sha256);
  CREATE TABLE IF NOT EXISTS serial(
    key_id TEXT NOT NULL, series TEXT NOT NULL, highest INTEGER NOT NULL,
    PRIMARY KEY(key_id, series)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS storage(
    no INTEGER PRIMARY KEY, seq INTEGER NOT NULL, title TEXT NOT NULL, category TEXT NOT NULL,
    reception_no INTEGER NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, stored_ms INTEGER NOT NULL,
    keep_until TEXT NOT NULL, by_whom TEXT NOT NULL, removed_seq INTEGER NOT NULL, removed_ms INTEGER NOT NULL,
    removed_reason TEXT NOT NULL, approved_by TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS storage_stored ON storage(stored_ms);
  CREATE TABLE IF NOT EXISTS playback(
    play INTEGER PRIMARY KEY, seq INTEGER NOT NULL, ended_seq INTEGER NOT NULL, programme INTEGER NOT NULL,
    local_start TEXT NOT NULL, item INTEGER NOT NULL, courseware INTEGER NOT NULL, title TEXT NOT NULL,
    kind TEXT NOT NULL, session INTEGER NOT NULL, planned_ms INTEGER NOT NULL, started_ms INTEGER NOT NULL,
    first_frame_ms INTEGER NOT NULL, declared_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL,
    effective_ms INTEGER NOT NULL, reason TEXT NOT NULL, errors INTEGER NOT NULL, equipment TEXT NOT NULL,
    by_whom TEXT NOT NULL, clock TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS playback_started ON playback(started_ms);
  CREATE INDEX IF NOT EXISTS playback_session ON playback(session);
  CREATE TABLE IF NOT EXISTS playback_span(
    play INTEGER NOT NULL, wall_ms INTEGER NOT NULL, media_ms INTEGER NOT NULL, length_ms INTEGER NOT NULL,
    PRIMARY KEY(play, wall_ms, media_ms)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS session(
    session INTEGER PRIMARY KEY, seq INTEGER NOT NULL, frozen_seq INTEGER NOT NULL, closed_seq INTEGER NOT NULL,
    programme INTEGER NOT NULL, local_start TEXT NOT NULL, title TEXT NOT NULL, tutor TEXT NOT NULL,
    chair TEXT NOT NULL, place TEXT NOT NULL, groups TEXT NOT NULL, planned_start_ms INTEGER NOT NULL,
    planned_end_ms INTEGER NOT NULL, closed_ms INTEGER NOT NULL, why TEXT NOT NULL, rule TEXT NOT NULL,
    visitors INTEGER NOT NULL, effective_ms INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS session_start ON session(planned_start_ms);
  CREATE TABLE IF NOT EXISTS expected(
    session INTEGER NOT NULL, person TEXT NOT NULL, category TEXT NOT NULL, group_name TEXT NOT NULL,
    PRIMARY KEY(session, person)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS presence(
    session INTEGER NOT NULL, person TEXT NOT NULL, in_ms INTEGER NOT NULL, in_seq INTEGER NOT NULL,
    out_ms INTEGER NOT NULL, out_seq INTEGER NOT NULL, means TEXT NOT NULL,
    PRIMARY KEY(session, person, in_seq)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS attendance(
    session INTEGER NOT NULL, person TEXT NOT NULL, excused TEXT NOT NULL, credited_ms INTEGER NOT NULL,
    present INTEGER NOT NULL, PRIMARY KEY(session, person)) STRICT, WITHOUT ROWID)";

using Handler = void (*)(Database&, const Entry&);

template <class T, void (*Apply)(Database&, const Entry&, const T&)>
void typed(Database& database, const Entry& entry) {
  auto payload = json::value_from(T{}).as_object();  // members that the record's time did not know
  for (const auto& [name, value] : entry.event.payload) payload[name] = value;
  Apply(database, entry, json::value_to<T>(json::value(std::move(payload))));
}

void reception_recorded(Database& db, const Entry& at, const ReceptionRecorded& e) {
  sql::exec(db, "INSERT INTO reception VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", e.no,
            at.seq, e.started_ms, e.ended_ms, e.means, e.source, e.name, e.title, e.category, e.format,
            e.size, e.duration_ms, e.outcome, e.integrity, e.sha256, e.damaged_packets, e.reason_code,
            canonical(json::value_from(e.reason_args)), e.courseware_no, e.duplicate_of, e.receiver,
            e.signed_by, e.key_id, e.series, e.serial, e.gaps, e.gap_ms);
  if (e.outcome == "refused" || e.series.empty()) return;
  sql::exec(db,
            "INSERT INTO serial VALUES(?,?,?) ON CONFLICT(key_id, series) DO UPDATE SET "
            "highest=max(highest, excluded.highest)",
            e.key_id, e.series, e.serial);
}

void courseware_stored(Database& db, const Entry& at, const CoursewareStored& e) {
  sql::exec(db, "INSERT INTO storage VALUES(?,?,?,?,?,?,?,?,?,?,0,0,'','')", e.no, at.seq, e.title,
            e.category, e.reception_no, e.size, e.sha256, e.stored_ms, e.keep_until, e.by);
}

void courseware_removed(Database& db, const Entry& at, const CoursewareRemoved& e) {
  sql::exec(db, "UPDATE storage SET removed_seq=?, removed_ms=?, removed_reason=?, approved_by=? WHERE no=?",
            at.seq, e.removed_ms, e.reason, e.approved_by, e.no);
}

void session_opened(Database& db, const Entry& at, const SessionOpened& e) {
  sql::exec(db, "INSERT INTO session VALUES(?,?,0,0,?,?,?,?,?,?,?,?,?,0,'','',0,0)", e.session, at.seq,
            e.programme, e.local_start, e.title, e.tutor, e.chair, e.place,
            canonical(json::value_from(e.groups)), e.planned_start_ms, e.planned_end_ms);
}

void session_frozen(Database& db, const Entry& at, const SessionFrozen& e) {
  sql::exec(db, "UPDATE session SET frozen_seq=?, rule=? WHERE session=?", at.seq,
            canonical(json::value_from(e.rule)), e.session);
  for (const auto& person : e.expected)
    sql::exec(db, "INSERT INTO expected VALUES(?,?,?,?)", e.session, person.person, person.category,
              person.group);
}

void signed_in(Database& db, const Entry& at, const SignedIn& e) {
  sql::exec(db, "INSERT INTO presence VALUES(?,?,?,?,0,0,?)", e.session, e.person, e.at_ms, at.seq, e.means);
}

void signed_out(Database& db, const Entry& at, const SignedOut& e) {
  sql::exec(db, "UPDATE presence SET out_ms=?, out_seq=? WHERE session=? AND person=? AND out_seq=0", e.at_ms,
            at.seq, e.session, e.person);
}

void excused(Database& db, const Entry&, const Excused& e) {
  sql::exec(db,
            "INSERT INTO attendance VALUES(?,?,?,0,0) ON CONFLICT(session, person) DO UPDATE SET "
            "excused=excluded.excused",
            e.session, e.person, e.reason);
}

void visitors_counted(Database& db, const Entry&, const VisitorsCounted& e) {
  sql::exec(db, "UPDATE session SET visitors=? WHERE session=?", e.count, e.session);
}

void playback_started(Database& db, const Entry& at, const PlaybackStarted& e) {
  sql::exec(db, "INSERT INTO playback VALUES(?,?,0,?,?,?,?,?,?,?,?,?,?,?,0,0,'',0,'','',?)", e.play, at.seq,
            e.programme, e.local_start, e.item, e.courseware, e.title, e.kind, e.session, e.planned_ms,
            e.started_ms, e.first_frame_ms, e.declared_ms, at.clock);
}

void playback_ended(Database& db, const Entry& at, const PlaybackEnded& e) {
  sql::exec(db,
            "UPDATE playback SET ended_seq=?, ended_ms=?, effective_ms=?, reason=?, errors=?, equipment=?, "
            "by_whom=? "
            "WHERE play=?",
            at.seq, e.ended_ms, effective_ms(e.spans), e.reason, e.errors, e.equipment, e.by, e.play);
  for (const auto& span : e.spans)
    sql::exec(db, "INSERT OR IGNORE INTO playback_span VALUES(?,?,?,?)", e.play, span.wall_ms, span.media_ms,
              span.length_ms);
}

std::vector<CoursewarePlay> plays_of(Database& db, std::int64_t session) {
  std::vector<CoursewarePlay> plays;
  auto rows = sql::prepare(
      db,
      "SELECT courseware, wall_ms, media_ms, length_ms FROM playback JOIN playback_span USING(play) "
      "WHERE session=? ORDER BY courseware, wall_ms",
      session);
  while (rows.executeStep()) {
    const auto courseware = rows.getColumn(0).getInt64();
    if (plays.empty() || plays.back().courseware != courseware) plays.push_back({courseware, {}});
    plays.back().spans.push_back(
        {rows.getColumn(1).getInt64(), rows.getColumn(2).getInt64(), rows.getColumn(3).getInt64()});
  }
  return plays;
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

std::int64_t credited_percent_of(Database& db, std::int64_t session) {
  auto row = sql::prepare(db, "SELECT rule FROM session WHERE session=?", session);
  if (!row.executeStep()) return 0;
  const auto rule = parse_json(row.getColumn(0).getString());
  return rule && rule->is_object() ? get_int(rule->get_object(), "credited_percent") : 0;
}

// Attendance is joined to what really played: who was there while something did is present.
void session_closed(Database& db, const Entry& at, const SessionClosed& e) {
  sql::exec(db, "UPDATE presence SET out_ms=max(in_ms, ?), out_seq=? WHERE session=? AND out_seq=0",
            e.closed_ms, at.seq, e.session);
  const auto plays = plays_of(db, e.session);
  const auto effective = effective_ms(plays);
  const auto percent = credited_percent_of(db, e.session);
  sql::exec(db, "UPDATE session SET closed_seq=?, closed_ms=?, why=?, effective_ms=? WHERE session=?", at.seq,
            e.closed_ms, e.why, effective, e.session);
  for (const auto& [person, presence] : presence_of(db, e.session)) {
    const auto credited = credited_ms(plays, presence);
    const bool present = credited > 0 && credited * 100 >= effective * percent;
    sql::exec(db,
              "INSERT INTO attendance VALUES(?,?,'',?,?) ON CONFLICT(session, person) DO UPDATE SET "
              "credited_ms=excluded.credited_ms, present=excluded.present",
              e.session, person, credited, present ? 1 : 0);
  }
}

const std::map<std::string, Handler, std::less<>>& handlers() {
  static const std::map<std::string, Handler, std::less<>> all{
      {ReceptionRecorded::kKind, typed<ReceptionRecorded, reception_recorded>},
      {CoursewareStored::kKind, typed<CoursewareStored, courseware_stored>},
      {CoursewareRemoved::kKind, typed<CoursewareRemoved, courseware_removed>},
      {SessionOpened::kKind, typed<SessionOpened, session_opened>},
      {SessionFrozen::kKind, typed<SessionFrozen, session_frozen>},
      {SignedIn::kKind, typed<SignedIn, signed_in>},
      {SignedOut::kKind, typed<SignedOut, signed_out>},
      {Excused::kKind, typed<Excused, excused>},
      {VisitorsCounted::kKind, typed<VisitorsCounted, visitors_counted>},
      {SessionClosed::kKind, typed<SessionClosed, session_closed>},
      {PlaybackStarted::kKind, typed<PlaybackStarted, playback_started>},
      {PlaybackEnded::kKind, typed<PlaybackEnded, playback_ended>},
  };
  return all;
}

Entry entry_of(const Record& record) {
  const auto fields = record.fields();
  Event event{get_string(fields, "kind"), get_string(fields, "actor"), get_object(fields, "payload"),
              get_int(fields, "v", 1)};
  return {record.seq, get_string(fields, "clock"), std::move(event)};
}

void replay(Database& journal_of, Database& tables_of) {
  journal::each(journal_of, 0, [&](const Record& record) {
    apply(tables_of, entry_of(record));
    return true;
  });
}

// All of a table in one digest, rows in the order of their key, which lies in the first four columns.
Digest digest_of(Database& database, const std::string& table) {
  Sha256 hash;
  const bool narrow = Statement(database, "SELECT * FROM " + table).getColumnCount() < 4;
  Statement rows(database,
                 "SELECT * FROM " + table + (narrow ? " ORDER BY 1, 2, 3" : " ORDER BY 1, 2, 3, 4"));
  while (rows.executeStep())
    for (int i = 0; i < rows.getColumnCount(); ++i) {
      const auto cell = rows.getColumn(i).getString();
      hash.update(std::to_string(cell.size()) + ":" + cell);
    }
  return hash.finish();
}

}  // namespace

void create(Database& database) { database.exec(kSchema); }

void apply(Database& database, const Entry& entry) {
  const auto handler = handlers().find(entry.event.kind);
  if (handler != handlers().end() && entry.event.version == 1) handler->second(database, entry);
}

void rebuild(Database& database) {
  SQLite::Transaction transaction(database);
  for (const auto* table : kTables) database.exec(std::string("DROP TABLE IF EXISTS ") + table);
  create(database);
  replay(database, database);
  database.exec("PRAGMA user_version=" + std::to_string(kVersion));
  transaction.commit();
}

bool is_current(Database& database) { return sql::number(database, "PRAGMA user_version", 0) == kVersion; }

bool rebuild_if_outdated(Database& database) {
  if (is_current(database)) return false;
  rebuild(database);
  return true;
}

std::optional<std::string> first_difference(Database& database) {
  Database fresh(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  create(fresh);
  SQLite::Transaction transaction(fresh);
  replay(database, fresh);
  for (const auto* table : kTables)
    if (digest_of(database, table) != digest_of(fresh, table)) return table;
  return std::nullopt;
}

}  // namespace edu::logs::projection
