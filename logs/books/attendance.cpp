// The attendance book: a line for everybody who was expected at a session, and for who came besides.
#include "logs/books/attendance.h"

#include <algorithm>

#include "base/sql.h"
#include "logs/books/names.h"
#include "logs/books/row.h"

namespace edu::logs {
namespace {

// One line for each person and session: everybody expected, then who came without being expected.
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

Rows rows(const Reading& in) { return attendance_rows(in, 0); }

}  // namespace

Rows attendance_rows(const Reading& in, std::int64_t session) {
  Rows table;
  const Names names(in.db, LocalDate(std::chrono::year(9999) / 12 / 31),
                    in.language);  // names do not depend on the day
  auto row = sql::prepare(in.db, kAttendance, in.from_ms, in.to_ms, session);
  while (row.executeStep()) {
    const auto person = cell(row, "person");
    const auto name = names.name(person);
    const auto way = in_out(in.db, whole(row, "session"), person, in.zone, in.language);
    const bool there = whole(row, "closed_seq") != 0 ? whole(row, "present") != 0 : !way.times.empty();
    const auto end = whole(row, "closed_seq") != 0 ? whole(row, "closed_ms") : whole(row, "planned_end_ms");
    table.push_back({cell(row, "session"),
                     date_cell(in.zone, whole(row, "planned_start_ms")) + " " +
                         interval_cell(in.zone, whole(row, "planned_start_ms"), end),
                     cell(row, "title"), names.number(person), whole(row, "is_expected") != 0 ? name : "",
                     there ? name : "", absence_cell(row, there, in.language), "", or_none(way.means),
                     or_none(way.times), duration_cell(whole(row, "credited_ms")), "", or_none(way.events)});
  }
  // In the roster's order within a session, not in that of the random ids.
  std::ranges::stable_sort(table, [](const auto& a, const auto& b) {
    if (a[0] != b[0]) return false;
    return std::pair(a[4].empty(), a[3]) < std::pair(b[4].empty(), b[3]);
  });
  return table;
}

Book attendance_book() {
  return {"attendance",
          {"session", "time", "title", "number", "expected", "present", "absence", "signature", "means",
           "in_out", "credited", "make_up", "events"},
          rows};
}

}  // namespace edu::logs
