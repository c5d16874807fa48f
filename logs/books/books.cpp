// Rows of the books' tables come in, tables for a reader leave; on a worker, reading alone. Everything shown
// is either a row's value or follows from it, so the same journal gives the same bytes.
#include "logs/books/books.h"

#include <algorithm>

#include <boost/json/value_to.hpp>
#include <fmt/format.h>

#include "base/sql.h"
#include "base/text.h"
#include "logs/books/cells.h"
#include "logs/books/names.h"
#include "logs/books/participation.h"

namespace edu::logs {
namespace {

constexpr std::int64_t kShortestPause = 1000;  // ms between two spans that a reader calls an interruption

struct Bounds {
  std::int64_t from_ms, to_ms;
};

Bounds bounds_of(const Period& period, const Zone& zone) {
  const auto midnight = [&](LocalDate day) { return to_ms(zone.to_utc(LocalTime(day.time_since_epoch()))); };
  return {period.from ? midnight(*period.from) : INT64_MIN,
          period.to ? midnight(*period.to + std::chrono::days(1)) : INT64_MAX};
}

std::string period_text(const Period& period, Language language) {
  if (!period.from && !period.to) return text(language, "book.whole_period");
  return fmt::format("{} – {}", period.from ? to_string(*period.from) : "…",
                     period.to ? to_string(*period.to) : "…");
}

std::string title_of(std::string_view book, const Period& period, const Zone& zone, Language language) {
  return text(language, fmt::format("book.{}.book_title", book),
              {{"period", period_text(period, language)}, {"zone", zone.name()}});
}

std::string cell(Statement& row, const char* column) { return row.getColumn(column).getString(); }
std::int64_t whole(Statement& row, const char* column) { return row.getColumn(column).getInt64(); }

std::string or_none(std::string value) { return value.empty() ? std::string(kNone) : value; }

std::string by_cell(const std::string& by, Language language) {
  return by == "auto" ? text(language, "book.automatic") : or_none(by);
}

std::string integrity_cell(Statement& row, Language language) {
  auto out = text(language, "book.reception.integrity_" + cell(row, "integrity"));
  const auto damaged = whole(row, "damaged_packets");
  if (damaged > 0) out += text(language, "book.reception.damaged", {{"count", std::to_string(damaged)}});
  return out;
}

std::string reception_remarks(Statement& row, Language language) {
  const auto outcome = cell(row, "outcome");
  Args args{{"courseware", courseware_cell(whole(row, "courseware_no"))},
            {"reception", std::to_string(whole(row, "duplicate_of"))}};
  if (outcome == "refused") {
    const Refusal refusal{
        cell(row, "reason_code"), json::value_to<Args>(json::parse(cell(row, "reason_args"))), {}};
    args["reason"] = text(language, refusal);
  }
  auto remarks = text(language, "book.reception.outcome_" + outcome, args);
  if (whole(row, "gaps") > 0)
    remarks += text(language, "book.reception.gaps",
                    {{"count", cell(row, "gaps")}, {"length", duration_cell(whole(row, "gap_ms"))}});
  const Args signer{{"name", cell(row, "signed_by")}};
  return signer.at("name").empty() ? remarks : remarks + text(language, "book.reception.signed_by", signer);
}

Table reception_book(Database& db, const Bounds& in, const Zone& zone, Language language) {
  Table table;
  table.columns = columns(language, "reception",
                          {"no", "date", "time", "means", "source", "title", "category", "format", "size",
                           "duration", "integrity", "receiver", "remarks", "events"});
  auto row = sql::prepare(db, "SELECT * FROM reception WHERE started_ms >= ? AND started_ms < ? ORDER BY no",
                          in.from_ms, in.to_ms);
  while (row.executeStep()) {
    const auto started = whole(row, "started_ms");
    const auto title = cell(row, "title");
    table.rows.push_back({cell(row, "no"), date_cell(zone, started),
                          interval_cell(zone, started, whole(row, "ended_ms")),
                          text(language, "book.means." + cell(row, "means")), cell(row, "source"),
                          title.empty() ? cell(row, "name") : title, or_none(cell(row, "category")),
                          or_none(cell(row, "format")), size_cell(whole(row, "size")),
                          duration_cell(whole(row, "duration_ms")), integrity_cell(row, language),
                          by_cell(cell(row, "receiver"), language), reception_remarks(row, language),
                          events_cell({whole(row, "seq")})});
  }
  return table;
}

std::string removed_cell(Statement& row, const Zone& zone, Language language) {
  if (whole(row, "removed_seq") == 0) return std::string(kNone);
  return text(language, "book.storage.removed_on",
              {{"date", date_cell(zone, whole(row, "removed_ms"))},
               {"reason", cell(row, "removed_reason")},
               {"by", cell(row, "approved_by")}});
}

Table storage_book(Database& db, const Bounds& in, const Zone& zone, Language language) {
  Table table;
  table.columns = columns(language, "storage",
                          {"courseware", "title", "category", "reception", "place", "size", "sha256",
                           "stored", "keep_until", "removed", "by", "events"});
  auto row = sql::prepare(db, "SELECT * FROM storage WHERE stored_ms >= ? AND stored_ms < ? ORDER BY no",
                          in.from_ms, in.to_ms);
  while (row.executeStep()) {
    const auto keep = cell(row, "keep_until");
    table.rows.push_back({courseware_cell(whole(row, "no")), cell(row, "title"),
                          or_none(cell(row, "category")), cell(row, "reception_no"),
                          text(language, "book.storage.in_library"), size_cell(whole(row, "size")),
                          cell(row, "sha256"), date_cell(zone, whole(row, "stored_ms")),
                          keep.empty() ? text(language, "book.storage.for_ever") : keep,
                          removed_cell(row, zone, language), by_cell(cell(row, "by_whom"), language),
                          events_cell({whole(row, "seq"), whole(row, "removed_seq")})});
  }
  return table;
}

// Pauses between what played, and how it ended when that was not the end of the courseware.
std::string interruptions_cell(Database& db, Statement& play, const Zone& zone, Language language) {
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
      add(text(language, "book.playback.pause",
               {{"at", zone.time_of_day(from_ms(end))}, {"length", duration_cell(from - end)}}));
    end = from + spans.getColumn(1).getInt64();
  }
  const auto reason = cell(play, "reason");
  if (reason != "completed" && !reason.empty()) add(text(language, "book.playback.reason_" + reason));
  if (whole(play, "errors") > 0)
    add(text(language, "book.playback.errors", {{"count", cell(play, "errors")}}));
  if (cell(play, "clock") == "untrusted") add(text(language, "book.playback.untrusted_clock"));
  return or_none(out);
}

// Heads while it played: everybody whose presence meets the play, and the visitors counted for the session.
std::string heads_cell(Database& db, Statement& play, Language language) {
  if (whole(play, "session") == 0) return std::string(kNone);
  const auto heads =
      sql::number(db, R"(
    SELECT (SELECT count(DISTINCT person) FROM presence
            WHERE session=?1 AND in_ms < ?3 AND (out_ms > ?2 OR out_seq = 0))
         + (SELECT visitors FROM session WHERE session=?1))",
                  0, whole(play, "session"), whole(play, "started_ms"), whole(play, "ended_ms"));
  return heads > 0 ? std::to_string(heads) : text(language, "book.playback.nobody");
}

// What played it, in words; "null" is what the player calls an output that shows or sounds nothing.
std::string equipment_cell(const std::string& equipment, Language language) {
  const auto slash = equipment.find('/');
  if (slash == equipment.npos) return or_none(equipment);
  const auto video = equipment.substr(0, slash), audio = equipment.substr(slash + 1);
  const auto mute = [](const std::string& output) { return output.empty() || output == "null"; };
  const auto picture = mute(video) ? text(language, "book.playback.no_picture")
                                   : text(language, "book.playback.picture", {{"output", video}});
  const auto sound = mute(audio) ? text(language, "book.playback.no_sound")
                                 : text(language, "book.playback.sound", {{"output", audio}});
  return picture + text(language, "book.separator") + sound;
}

Table playback_book(Database& db, const Bounds& in, const Zone& zone, Language language) {
  Table table;
  table.columns =
      columns(language, "playback",
              {"date", "time", "title", "courseware", "kind", "planned", "effective", "interruptions",
               "heads", "by", "equipment", "planned_start", "first_frame", "events"});
  auto row = sql::prepare(db, "SELECT * FROM playback WHERE started_ms >= ? AND started_ms < ? ORDER BY play",
                          in.from_ms, in.to_ms);
  while (row.executeStep()) {
    const auto started = whole(row, "started_ms"), ended = whole(row, "ended_ms");
    const bool running = whole(row, "ended_seq") == 0;
    table.rows.push_back(
        {date_cell(zone, started), interval_cell(zone, started, ended), cell(row, "title"),
         courseware_cell(whole(row, "courseware")), text(language, "programme_kind." + cell(row, "kind")),
         duration_cell(whole(row, "declared_ms")), duration_cell(whole(row, "effective_ms")),
         running ? text(language, "book.playback.running") : interruptions_cell(db, row, zone, language),
         running ? std::string(kNone) : heads_cell(db, row, language),
         running ? std::string(kNone) : by_cell(cell(row, "by_whom"), language),
         equipment_cell(cell(row, "equipment"), language), zone.iso8601(from_ms(whole(row, "planned_ms"))),
         fmt::format("{:+} ms", whole(row, "first_frame_ms") - whole(row, "planned_ms")),
         events_cell({whole(row, "seq"), whole(row, "ended_seq")})});
  }
  return table;
}

// One line a person and session: everybody expected, then who came without being expected.
constexpr const char* kAttendance = R"(
  SELECT s.session, s.title, s.planned_start_ms, s.closed_seq, s.closed_ms, s.planned_end_ms, s.frozen_seq, p.person,
         e.person IS NOT NULL AS is_expected, coalesce(a.present, 0) AS present,
         coalesce(a.excused, '') AS excused, coalesce(a.credited_ms, 0) AS credited_ms
  FROM session s
  JOIN (SELECT session, person FROM expected UNION SELECT session, person FROM presence
        UNION SELECT session, person FROM attendance) p USING(session)
  LEFT JOIN expected e ON e.session=p.session AND e.person=p.person
  LEFT JOIN attendance a ON a.session=p.session AND a.person=p.person
  WHERE s.planned_start_ms >= ?1 AND s.planned_start_ms < ?2 AND (?3 = 0 OR s.session = ?3)
  ORDER BY s.planned_start_ms, s.session, is_expected DESC, p.person)";

struct InOut {
  std::string times, means, events;
};

InOut in_out(Database& db, std::int64_t session, const std::string& person, const Zone& zone,
             Language language) {
  InOut out;
  auto row = sql::prepare(db, "SELECT * FROM presence WHERE session=? AND person=? ORDER BY in_seq", session,
                          person);
  while (row.executeStep()) {
    const auto means = text(language, "book.means." + cell(row, "means"));
    if (out.means.find(means) == std::string::npos) out.means += (out.means.empty() ? "" : " ") + means;
    out.times +=
        (out.times.empty() ? "" : " ") + interval_cell(zone, whole(row, "in_ms"), whole(row, "out_ms"));
    out.events +=
        (out.events.empty() ? "" : " ") + events_cell({whole(row, "in_seq"), whole(row, "out_seq")});
  }
  return out;
}

std::string absence_cell(Statement& row, bool there, Language language) {
  if (there) return "";
  const auto excused = cell(row, "excused");
  if (!excused.empty()) return excused;
  return whole(row, "closed_seq") != 0 ? text(language, "book.attendance.no_reason") : "";
}

Table attendance_table(Database& db, const Bounds& in, std::int64_t session, const Zone& zone,
                       Language language) {
  Table table;
  table.columns = columns(language, "attendance",
                          {"session", "time", "title", "number", "expected", "present", "absence",
                           "signature", "means", "in_out", "credited", "make_up", "events"});
  const Names names(db, LocalDate(std::chrono::year(9999) / 12 / 31),
                    language);  // names do not depend on the day
  auto row = sql::prepare(db, kAttendance, in.from_ms, in.to_ms, session);
  while (row.executeStep()) {
    const auto person = cell(row, "person");
    const auto name = names.name(person);
    const auto way = in_out(db, whole(row, "session"), person, zone, language);
    const bool there = whole(row, "closed_seq") != 0 ? whole(row, "present") != 0 : !way.times.empty();
    const auto end = whole(row, "closed_seq") != 0 ? whole(row, "closed_ms") : whole(row, "planned_end_ms");
    table.rows.push_back({cell(row, "session"),
                          date_cell(zone, whole(row, "planned_start_ms")) + " " +
                              interval_cell(zone, whole(row, "planned_start_ms"), end),
                          cell(row, "title"), names.number(person),
                          whole(row, "is_expected") != 0 ? name : "", there ? name : "",
                          absence_cell(row, there, language), "", or_none(way.means), or_none(way.times),
                          duration_cell(whole(row, "credited_ms")), "", or_none(way.events)});
  }
  // In the roster's order within a session, not in that of the random ids.
  std::ranges::stable_sort(table.rows, [](const auto& a, const auto& b) {
    if (a[0] != b[0]) return false;
    return std::pair(a[4].empty(), a[3]) < std::pair(b[4].empty(), b[3]);
  });
  return table;
}

}  // namespace

std::optional<Book> book_of(std::string_view name) {
  if (name == "reception") return Book::reception;
  if (name == "storage") return Book::storage;
  if (name == "playback") return Book::playback;
  if (name == "attendance") return Book::attendance;
  return std::nullopt;
}

Table book(Database& database, Book which, const Period& period, const Zone& zone, Language language) {
  const auto in = bounds_of(period, zone);
  Table table;
  const char* name = "";
  switch (which) {
    case Book::reception:
      name = "reception", table = reception_book(database, in, zone, language);
      break;
    case Book::storage:
      name = "storage", table = storage_book(database, in, zone, language);
      break;
    case Book::playback:
      name = "playback", table = playback_book(database, in, zone, language);
      break;
    case Book::attendance:
      name = "attendance", table = attendance_table(database, in, 0, zone, language);
      break;
  }
  table.title = title_of(name, period, zone, language);
  return table;
}

Table session_list(Database& db, const Period& period, const Zone& zone, Language language) {
  const auto in = bounds_of(period, zone);
  Table table;
  table.title = title_of("sessions", period, zone, language);
  table.columns = columns(
      language, "sessions",
      {"session", "start", "title", "place", "chair", "tutor", "visitors", "rate", "effective", "state"});
  auto row = sql::prepare(db,
                          "SELECT * FROM session WHERE planned_start_ms >= ? AND planned_start_ms < ? "
                          "ORDER BY planned_start_ms, session",
                          in.from_ms, in.to_ms);
  while (row.executeStep()) {
    const auto rate = participation_of_session(db, whole(row, "session"), By::none, zone, language);
    table.rows.push_back({cell(row, "session"), zone.iso8601(from_ms(whole(row, "planned_start_ms"))),
                          cell(row, "title"), or_none(cell(row, "place")), or_none(cell(row, "chair")),
                          or_none(cell(row, "tutor")), cell(row, "visitors"), rate->rows.at(0).at(5),
                          duration_cell(whole(row, "effective_ms")), rate->rows.at(0).at(6)});
  }
  return table;
}

Result<Table> session_sheet(Database& db, std::int64_t session, const Zone& zone, Language language) {
  auto rate = participation_of_session(db, session, By::none, zone, language);
  if (!rate) return rate;
  auto table = attendance_table(db, {INT64_MIN, INT64_MAX}, session, zone, language);
  table.title = rate->title + "\n" + rate->rows.at(0).at(5);
  return table;
}

}  // namespace edu::logs
