// The attendance book: a line for everybody who was expected at a session, and for who came besides.
#include "logs/books/attendance.h"

#include <map>

#include "base/sql.h"
#include "logs/books/names.h"
#include "logs/books/row.h"

namespace edu::logs {
namespace {

// One line for each person and session: everybody expected, then who came without being expected.
constexpr const char* kAttendance = R"(
  SELECT s.session, s.title, s.planned_start_ms, s.closed_seq, s.closed_ms, s.planned_end_ms, s.frozen_seq, s.why, p.person,
         e.person IS NOT NULL AS is_expected, coalesce(a.present, 0) AS present,
         coalesce(a.excused, '') AS excused, coalesce(a.credited_ms, 0) AS credited_ms,
         EXISTS(SELECT 1 FROM presence q WHERE q.session=s.session AND q.person=p.person
                AND (q.out_seq=0 OR q.out_ms-q.in_ms >= 60000)) AS is_there
  FROM session s
  JOIN (SELECT session, person FROM expected UNION SELECT session, person FROM presence
        UNION SELECT session, person FROM attendance) p USING(session)
  LEFT JOIN expected e ON e.session=p.session AND e.person=p.person
  LEFT JOIN attendance a ON a.session=p.session AND a.person=p.person
  WHERE s.planned_start_ms >= ?1 AND s.planned_start_ms < ?2 AND (?3 = 0 OR s.session = ?3)
  ORDER BY s.planned_start_ms, s.session, is_expected DESC, p.person)";

// When somebody was there, how they signed in, and the records that say so.
struct InOut {
  std::vector<Interval> times;
  std::string means;
  std::vector<RecordNo> events;
};

InOut in_out(const Reading& in, std::int64_t session, const std::string& person, LocalDate day) {
  InOut out;
  auto row = sql::prepare(in.db, "SELECT * FROM presence WHERE session=? AND person=? ORDER BY in_seq",
                          session, person);
  while (row.executeStep()) {
    const auto means = text(in.language, "book.means." + cell(row, "means"));
    if (out.means.find(means) == std::string::npos) out.means += (out.means.empty() ? "" : " ") + means;
    out.times.push_back(interval(in.zone, whole(row, "in_ms"), whole(row, "out_ms"), day));
    for (const auto* column : {"in_seq", "out_seq"})
      if (const auto seq = whole(row, column); seq != 0) out.events.push_back({seq});
  }
  return out;
}

template <class Items>
Cell items_cell(Items items) {
  return items.empty() ? Cell(None()) : Cell(std::move(items));
}

bool was_held(Statement& row) { return cell(row, "why") != "missed" && cell(row, "why") != "cancelled"; }

std::string absence_cell(Statement& row, bool there, Language language) {
  if (!was_held(row)) return text(language, "participation.state_" + cell(row, "why"));
  if (there) return "";
  const auto excused = cell(row, "excused");
  if (!excused.empty()) return excused;
  return whole(row, "closed_seq") != 0 ? text(language, "book.attendance.no_reason") : "";
}

Row line_of(const Reading& in, Statement& row, const std::string& person, const Names& names) {
  const auto start = whole(row, "planned_start_ms");
  const bool closed = whole(row, "closed_seq") != 0;
  auto way = in_out(in, whole(row, "session"), person, in.zone.date_of(from_ms(start)));
  const auto name = names.name(person);
  const bool there = closed ? whole(row, "present") != 0 : whole(row, "is_there") != 0;
  return {count_cell(row, "session"),
          dated_interval_cell(in.zone, start,
                              whole(row, closed && was_held(row) ? "closed_ms" : "planned_end_ms")),
          cell(row, "title"),
          names.number(person),
          whole(row, "is_expected") != 0 ? name : "",
          there ? name : "",
          absence_cell(row, there, in.language),
          "",
          words_cell(std::move(way.means)),
          items_cell(std::move(way.times)),
          duration_cell(whole(row, "credited_ms")),
          "",
          items_cell(std::move(way.events))};
}

Rows rows(const Reading& in) { return attendance_rows(in, 0); }

}  // namespace

Rows attendance_rows(const Reading& in, std::int64_t session) {
  Rows table;
  const Names names(in.db, LocalDate(std::chrono::year(9999) / 12 / 31),
                    in.language);  // names do not depend on the day
  struct Order {                   // in the roster's order within a session, not in that of the random ids
    std::size_t session;
    bool unexpected;
    std::string number;
    auto operator<=>(const Order&) const = default;
  };
  std::multimap<Order, Row> lines;
  std::int64_t last = 0;
  std::size_t sessions = 0;
  auto row = sql::prepare(in.db, kAttendance, in.from_ms, in.to_ms, session);
  while (row.executeStep()) {
    if (const auto now = whole(row, "session"); now != last) ++sessions, last = now;
    const auto person = cell(row, "person");
    const bool expected = whole(row, "is_expected") != 0;
    lines.emplace(Order{sessions, !expected, names.number(person)}, line_of(in, row, person, names));
  }
  for (auto& [order, line] : lines) table.push_back(std::move(line));
  return table;
}

Book attendance_book() {
  return {"attendance",
          {"session", "time", "title", "number", "expected", "present", "absence", "signature", "means",
           "in_out", "credited", "make_up", "events"},
          rows,
          {}};
}

}  // namespace edu::logs
