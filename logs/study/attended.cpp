#include "logs/study/attended.h"

#include "base/sql.h"

namespace edu::logs {
namespace {

// A line for each person and session.
constexpr const char* kAttended = R"(
  SELECT s.session, s.title, s.planned_start_ms,
         CASE WHEN s.closed_seq != 0 AND s.why NOT IN ('missed', 'cancelled') THEN s.closed_ms ELSE s.planned_end_ms END,
         s.closed_seq != 0, s.why, p.person, e.person IS NOT NULL AS is_expected,
         CASE WHEN s.closed_seq != 0 THEN coalesce(a.present, 0)
              ELSE EXISTS(SELECT 1 FROM presence q WHERE q.session=s.session AND q.person=p.person
                          AND (q.out_seq=0 OR q.out_ms-q.in_ms >= 60000)) END,
         coalesce(a.excused, ''), coalesce(a.credited_ms, 0)
  FROM session s
  JOIN (SELECT session, person FROM expected UNION SELECT session, person FROM presence
        UNION SELECT session, person FROM attendance) p USING(session)
  LEFT JOIN expected e ON e.session=p.session AND e.person=p.person
  LEFT JOIN attendance a ON a.session=p.session AND a.person=p.person
  WHERE s.planned_start_ms >= ?1 AND s.planned_start_ms < ?2 AND (?3 = 0 OR s.session = ?3)
  ORDER BY s.planned_start_ms, s.session, is_expected DESC, p.person)";

constexpr const char* kStays =
    "SELECT in_ms, in_seq, out_ms, out_seq, means FROM presence WHERE session=? AND person=? ORDER BY in_seq";

std::vector<Stay> stays_of(Statement& query, const Attended& one) {
  std::vector<Stay> out;
  query.reset();
  query.bind(1, one.session);
  query.bind(2, one.person);
  while (query.executeStep())
    out.push_back({query.getColumn(0).getInt64(), query.getColumn(1).getInt64(),
                   query.getColumn(2).getInt64(), query.getColumn(3).getInt64(),
                   query.getColumn(4).getString()});
  return out;
}

}  // namespace

std::vector<Attended> attended(Database& db, std::int64_t from_ms, std::int64_t to_ms, std::int64_t session) {
  std::vector<Attended> out;
  Statement stays(db, kStays);
  auto row = sql::prepare(db, kAttended, from_ms, to_ms, session);
  while (row.executeStep()) {
    int column = 0;
    const auto words = [&] { return row.getColumn(column++).getString(); };
    const auto whole = [&] { return row.getColumn(column++).getInt64(); };
    auto& one = out.emplace_back();
    one.session = whole();
    one.title = words();
    one.start_ms = whole(), one.end_ms = whole();
    one.closed = whole() != 0;
    one.why = words(), one.person = words();
    one.expected = whole() != 0, one.present = whole() != 0;
    one.excused = words();
    one.credited_ms = whole();
    one.stays = stays_of(stays, one);
  }
  return out;
}

}  // namespace edu::logs
