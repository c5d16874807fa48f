// The playback book: a line for every course that ran, as it really ran.
#include "logs/books/playback.h"

#include "base/sql_named.h"
#include "logs/books/cells.h"
#include "logs/books/row.h"
#include "logs/journal/events.h"
#include "logs/study/credit.h"
#include "logs/study/heads.h"

namespace edu::logs {
namespace {

constexpr const char* kPlaybackSchema = R"(
  CREATE TABLE IF NOT EXISTS playback(
     play INTEGER PRIMARY KEY, seq INTEGER NOT NULL, ended_seq INTEGER NOT NULL DEFAULT 0,
    programme INTEGER NOT NULL, local_start TEXT NOT NULL, item INTEGER NOT NULL, courseware INTEGER NOT NULL,
    title TEXT NOT NULL, kind TEXT NOT NULL, session INTEGER NOT NULL, planned_ms INTEGER NOT NULL,
    started_ms INTEGER NOT NULL, first_frame_ms INTEGER NOT NULL, declared_ms INTEGER NOT NULL,
    ended_ms INTEGER NOT NULL DEFAULT 0, effective_ms INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '', errors INTEGER NOT NULL DEFAULT 0, equipment TEXT NOT NULL DEFAULT '',
    by_whom TEXT NOT NULL DEFAULT '', cut_ms INTEGER NOT NULL DEFAULT 0, clock TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS playback_started ON playback(started_ms);
  CREATE INDEX IF NOT EXISTS playback_session ON playback(session);
  CREATE TABLE IF NOT EXISTS playback_span(
    play INTEGER NOT NULL, wall_ms INTEGER NOT NULL, media_ms INTEGER NOT NULL, length_ms INTEGER NOT NULL,
    PRIMARY KEY(play, wall_ms, media_ms)) STRICT, WITHOUT ROWID)";

void playback_started(Database& db, const Entry& at, const PlaybackStarted& e) {
  sql::insert(db, "playback",
              "play, seq, programme, local_start, item, courseware, title, kind, session, planned_ms, "
              "started_ms, first_frame_ms, declared_ms, clock",
              e, at);
}

void playback_ended(Database& db, const Entry& at, const PlaybackEnded& e) {
  sql::exec_named(db,
                  "UPDATE playback SET ended_seq=:seq, ended_ms=:ended_ms, effective_ms=:effective, "
                  "reason=:reason, errors=:errors, equipment=:equipment, by_whom=:by, cut_ms=:cut_ms "
                  "WHERE play=:play",
                  e, at, sql::named("effective", effective_ms(e.spans)));
  for (const auto& span : e.spans)
    sql::exec_named(db, "INSERT OR IGNORE INTO playback_span VALUES(:play, :wall_ms, :media_ms, :length_ms)",
                    span, sql::named("play", e.play));
}

constexpr std::int64_t kShortestPause = 1000;  // ms between two spans that a reader calls an interruption

// Pauses between what played, and how it ended when that was not the end of the course.
Cell interruptions_cell(Database& db, Statement& play, const Zone& zone, Language language) {
  std::string out;
  const auto add = [&](const std::string& item) {
    out += (out.empty() ? "" : text(language, "book.separator")) + item;
  };
  auto spans = sql::prepare(db, "SELECT wall_ms, length_ms FROM playback_span WHERE play=? ORDER BY wall_ms",
                            whole(play, "play"));
  std::int64_t end = 0;
  while (spans.executeStep()) {
    const auto from = spans.getColumn(0).getInt64();
    if (end != 0 && from - end >= kShortestPause)
      add(text(
          language, "book.playback.pause",
          {{"at", zone.time_of_day(from_ms(end))}, {"length", shown(duration_cell(from - end), language)}}));
    end = from + spans.getColumn(1).getInt64();
  }
  if (const auto cut = whole(play, "cut_ms"); cut >= kShortestPause)
    add(text(language, "book.playback.cut", {{"length", shown(duration_cell(cut), language)}}));
  const auto reason = cell(play, "reason");
  if (reason != "completed" && !reason.empty()) add(text(language, "book.playback.reason_" + reason));
  if (whole(play, "errors") > 0)
    add(text(language, "book.playback.errors", {{"count", cell(play, "errors")}}));
  if (cell(play, "clock") == "untrusted") add(text(language, "book.playback.untrusted_clock"));
  return words_cell(std::move(out));
}

// Heads while it played: everybody whose presence meets the play, and the visitors counted for the session.
Cell heads_cell(Database& db, Statement& play, Language language) {
  if (whole(play, "session") == 0) return None();
  const auto heads =
      heads_between(db, whole(play, "session"), whole(play, "started_ms"), whole(play, "ended_ms"));
  return heads > 0 ? Cell(Count{heads}) : Cell(text(language, "book.playback.nobody"));
}

// What played it, in words; "null" is what the player calls an output that shows or sounds nothing.
Cell equipment_cell(const std::string& equipment, Language language) {
  const auto slash = equipment.find('/');
  if (slash == equipment.npos) return words_cell(equipment);
  const auto video = equipment.substr(0, slash), audio = equipment.substr(slash + 1);
  const auto mute = [](const std::string& output) { return output.empty() || output == "null"; };
  const auto picture = mute(video) ? text(language, "book.playback.no_picture")
                                   : text(language, "book.playback.picture", {{"output", video}});
  const auto sound = mute(audio) ? text(language, "book.playback.no_sound")
                                 : text(language, "book.playback.sound", {{"output", audio}});
  return picture + text(language, "book.separator") + sound;
}

// None, where no first frame was ever seen.
Cell deviation_cell(Statement& play) {
  const auto first = whole(play, "first_frame_ms");
  return first == 0 ? Cell(None()) : Cell(Deviation{milliseconds(first - whole(play, "planned_ms"))});
}

Rows playback_rows(const Reading& in) {
  Rows table;
  auto row =
      sql::prepare(in.db, "SELECT * FROM playback WHERE started_ms >= ? AND started_ms < ? ORDER BY play",
                   in.from_ms, in.to_ms);
  while (row.executeStep()) {
    const auto started = whole(row, "started_ms"), ended = whole(row, "ended_ms");
    const bool running = whole(row, "ended_seq") == 0;
    table.push_back({date_cell(in.zone, started), interval_cell(in.zone, started, ended), cell(row, "title"),
                     courseware_cell(whole(row, "courseware")),
                     text(in.language, "programme_kind." + cell(row, "kind")),
                     duration_cell(whole(row, "declared_ms")), duration_cell(whole(row, "effective_ms")),
                     running ? Cell(text(in.language, "book.playback.running"))
                             : interruptions_cell(in.db, row, in.zone, in.language),
                     running ? Cell(None()) : heads_cell(in.db, row, in.language),
                     running ? Cell(None()) : by_cell(cell(row, "by_whom"), in.language),
                     equipment_cell(cell(row, "equipment"), in.language),
                     in.zone.instant(from_ms(whole(row, "planned_ms"))), deviation_cell(row),
                     events_cell({whole(row, "seq"), whole(row, "ended_seq")})});
  }
  return table;
}

}  // namespace

Book playback_book() {
  return {"playback",
          {"date", "time", "title", "courseware", "kind", "planned", "effective", "interruptions", "heads",
           "by", "equipment", "planned_start", "first_frame", "events"},
          playback_rows,
          {"playback", 2, kPlaybackSchema, {on<playback_started>(), on<playback_ended>()}}};
}

std::int64_t next_play(Database& db) { return sql::number(db, "SELECT max(play) FROM playback", 0) + 1; }

}  // namespace edu::logs
