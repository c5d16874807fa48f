// The tables of sessions come in, rates leave. What counts is decided in one place, kSeats; everything else
// sums what that lets through.
#include "logs/study/rates.h"

#include <limits>

#include <fmt/format.h>

#include "base/sql.h"

namespace edu::logs {
namespace {

// Sessions ?3 (0: all) that begin in [?1, ?2), and in `seat` the denominator's people of each: the roster as
// it was frozen, less those whose excuse takes them out by the session's rule.
constexpr std::string_view kSeats = R"(
  WITH meeting AS (
    SELECT *, CASE WHEN json_valid(rule) THEN coalesce(json_extract(rule, '$.excused_counts'), 1) ELSE 1 END AS excused_stay
    FROM session WHERE planned_start_ms >= ?1 AND planned_start_ms < ?2 AND (?3 = 0 OR session = ?3)),
  expectation AS (
    SELECT m.session, m.excused_stay, e.person, e.group_name, coalesce(a.excused, '') != '' AS excused,
           CASE WHEN m.closed_seq != 0 THEN coalesce(a.present, 0) != 0
                ELSE EXISTS(SELECT 1 FROM presence p WHERE p.session=e.session AND p.person=e.person
                            AND (p.out_seq=0 OR p.out_ms-p.in_ms >= 60000)) END AS present
    FROM meeting m JOIN expected e ON e.session=m.session
    LEFT JOIN attendance a ON a.session=e.session AND a.person=e.person
    WHERE m.why NOT IN ('missed', 'cancelled')),
  seat AS (SELECT session, person, group_name, present FROM expectation
           WHERE present OR NOT excused OR excused_stay)
)";

constexpr std::string_view kSessionRates = R"(
  SELECT m.session, m.title, m.place, m.chair, m.tutor, m.planned_start_ms, m.frozen_seq, m.closed_seq, m.visitors,
         m.effective_ms, m.rule, m.why, m.least_ms, count(s.person), coalesce(sum(s.present), 0)
  FROM meeting m LEFT JOIN seat s ON s.session=m.session
  GROUP BY m.session ORDER BY m.planned_start_ms, m.session)";

constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();

Statement prepare(Database& db, std::string_view query, std::int64_t from_ms, std::int64_t to_ms,
                  std::int64_t session) {
  const auto text = fmt::format("{}{}", kSeats, query);
  return sql::prepare(db, text.c_str(), from_ms, to_ms, session);
}

std::vector<SessionRate> rates(Database& db, std::int64_t from_ms, std::int64_t to_ms, std::int64_t session) {
  std::vector<SessionRate> out;
  auto rows = prepare(db, kSessionRates, from_ms, to_ms, session);
  while (rows.executeStep()) {
    int column = 0;
    const auto words = [&] { return rows.getColumn(column++).getString(); };
    const auto whole = [&] { return rows.getColumn(column++).getInt64(); };
    auto& one = out.emplace_back();
    one.session = whole();
    one.title = words(), one.place = words(), one.chair = words(), one.tutor = words();
    one.start_ms = whole(), one.frozen_seq = whole(), one.closed_seq = whole(), one.visitors = whole();
    one.effective_ms = whole();
    one.rule = words();
    one.why = words();
    one.least_ms = whole();
    one.rate.expected = whole(), one.rate.present = whole();
  }
  return out;
}

std::vector<Seat> seated(Database& db, std::int64_t from_ms, std::int64_t to_ms, std::int64_t session) {
  std::vector<Seat> out;
  auto rows = prepare(db, "SELECT person, group_name, present FROM seat ORDER BY session, person", from_ms,
                      to_ms, session);
  while (rows.executeStep())
    out.push_back(
        {rows.getColumn(0).getString(), rows.getColumn(1).getString(), rows.getColumn(2).getInt() != 0});
  return out;
}

}  // namespace

std::vector<SessionRate> session_rates(Database& db, std::int64_t from_ms, std::int64_t to_ms) {
  return rates(db, from_ms, to_ms, 0);
}

Result<SessionRate> session_rate(Database& db, std::int64_t session) {
  auto found = session == 0 ? std::vector<SessionRate>() : rates(db, kFirst, kLast, session);
  if (!found.empty()) return std::move(found.front());
  return refuse("logs.session_unknown", {{"session", std::to_string(session)}}, Refusal::Kind::not_found);
}

Result<Rate> rate_of(Database& db, std::int64_t session) {
  const auto found = session_rate(db, session);
  if (!found) return Unexpected(found.error());
  return found->rate;
}

std::vector<Seat> seats(Database& db, std::int64_t from_ms, std::int64_t to_ms) {
  return seated(db, from_ms, to_ms, 0);
}

std::vector<Seat> seats_of(Database& db, std::int64_t session) { return seated(db, kFirst, kLast, session); }

}  // namespace edu::logs
