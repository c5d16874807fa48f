// The attendance tables come in, rates leave; on a worker, reading alone. What counts is decided in one
// place, kSeats; everything else sums what that lets through.
#include "logs/books/participation.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/sql.h"
#include "logs/books/cells.h"
#include "logs/books/names.h"

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

// One expected person in one session.
struct Seat {
  std::string person, group;
  bool present = false;
};

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

std::vector<Seat> seats(Database& db, std::int64_t from_ms, std::int64_t to_ms, std::int64_t session) {
  std::vector<Seat> out;
  auto rows = prepare(db, "SELECT person, group_name, present FROM seat ORDER BY session, person", from_ms,
                      to_ms, session);
  while (rows.executeStep())
    out.push_back(
        {rows.getColumn(0).getString(), rows.getColumn(1).getString(), rows.getColumn(2).getInt() != 0});
  return out;
}

std::string rule_text(const SessionRate& session, Language language) {
  const auto parsed = parse_json(session.rule);
  if (!parsed || !parsed->is_object()) return text(language, "participation.not_frozen");
  const auto& members = parsed->get_object();
  std::string counted;
  for (const auto& category : get_array(members, "counted"))
    counted += (counted.empty() ? "" : text(language, "participation.and")) +
               text(language, "people.category." + std::string(category.as_string()));
  const auto percent = get_int(members, "credited_percent");
  const bool stay = get_int(members, "excused_counts", 1) != 0;
  const Args args{{"counted", counted}, {"percent", std::to_string(percent)}};
  return text(language, percent == 0 ? "participation.rule" : "participation.rule_percent", args) +
         (session.least_ms > 0 ? text(language, "participation.rule_least") : "") +
         text(language, stay ? "participation.excused_stay" : "participation.excused_leave");
}

void add(Rate& rate, bool present) {
  ++rate.expected;
  if (present) ++rate.present;
}

// The cells that every line of a rate ends with.
Row with_rate(Row row, const Rate& rate) {
  row.insert(row.end(), {Count{rate.present}, Count{rate.expected}, rate});
  return row;
}

Table by_group(const std::vector<Seat>& people, Language language) {
  auto table = headed(language, "book.participation", {"group", "present", "expected", "rate"});
  std::map<std::string, Rate> rates;
  for (const auto& person : people) add(rates[person.group], person.present);
  for (const auto& [group, rate] : rates) table.rows.push_back(with_rate({group}, rate));
  return table;
}

Table by_person(const std::vector<Seat>& people, const Names& names, Language language) {
  auto table =
      headed(language, "book.participation", {"number", "name", "group", "present", "expected", "rate"});
  struct Line {
    std::string person, group;
    Rate rate;
  };
  std::map<std::string, Line> lines;  // in the roster's order
  for (const auto& one : people) {
    const auto person = names.current(one.person);
    auto& line = lines[names.number(person) + person];
    line.person = person;
    line.group = one.group;
    add(line.rate, one.present);
  }
  for (const auto& [order, line] : lines)
    table.rows.push_back(
        with_rate({names.number(line.person), names.name(line.person), line.group}, line.rate));
  return table;
}

Table table_by(By by, const std::vector<Seat>& people, const Names& names, Language language) {
  return by == By::group ? by_group(people, language) : by_person(people, names, language);
}

Table by_session(const std::vector<SessionRate>& sessions, const Zone& zone, Language language) {
  auto table = headed(language, "book.participation",
                      {"session", "start", "title", "present", "expected", "rate", "state"});
  for (const auto& one : sessions) {
    auto row = with_rate({Count{one.session}, zone.instant(from_ms(one.start_ms)), one.title}, one.rate);
    row.emplace_back(state_text(one, language));
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::optional<std::chrono::year_month> parse_month(std::string_view text) {
  const auto day = parse_date(std::string(text) + "-01");
  if (!day) return std::nullopt;
  const std::chrono::year_month_day ymd(*day);
  return ymd.year() / ymd.month();
}

// The sessions' rules, each once.
std::string rules_text(const std::vector<SessionRate>& sessions, Language language) {
  std::set<std::string> rules;
  for (const auto& one : sessions)
    if (one.frozen_seq != 0) rules.insert(rule_text(one, language));
  return fmt::format("{}", fmt::join(rules, " / "));
}

}  // namespace

std::vector<SessionRate> session_rates(Database& db, std::int64_t from_ms, std::int64_t to_ms) {
  return rates(db, from_ms, to_ms, 0);
}

Result<SessionRate> session_rate(Database& db, std::int64_t session) {
  auto found = session == 0 ? std::vector<SessionRate>() : rates(db, INT64_MIN, INT64_MAX, session);
  if (!found.empty()) return std::move(found.front());
  return refuse("logs.session_unknown", {{"session", std::to_string(session)}}, Refusal::Kind::not_found);
}

Result<Rate> rate_of(Database& db, std::int64_t session) {
  const auto found = session_rate(db, session);
  if (!found) return Unexpected(found.error());
  return found->rate;
}

std::string state_text(const SessionRate& session, Language language) {
  if (!session.was_held()) return text(language, "participation.state_" + session.why);
  if (session.closed_seq != 0) return text(language, "participation.state_closed");
  return text(language, session.frozen_seq != 0 ? "participation.state_running" : "participation.state_open");
}

std::string title_of(const SessionRate& session, const Zone& zone, Language language) {
  return text(language, "participation.session_title",
              {{"session", std::to_string(session.session)},
               {"title", session.title},
               {"start", shown(zone.instant(from_ms(session.start_ms)), language)},
               {"zone", zone.name()},
               {"rule", rule_text(session, language)}});
}

Result<Table> participation_of_session(Database& db, std::int64_t session, By by, const Zone& zone,
                                       Language language) {
  const auto found = session_rate(db, session);
  if (!found) return Unexpected(found.error());
  const auto day = zone.date_of(from_ms(found->start_ms));
  auto table = by == By::none ? by_session({*found}, zone, language)
                              : table_by(by, seats(db, INT64_MIN, INT64_MAX, session),
                                         Names(db, day, language), language);
  table.title = title_of(*found, zone, language);
  table.year = std::chrono::year_month_day(day).year();
  return table;
}

Result<Table> participation_of_month(Database& db, std::string_view month, By by, const Zone& zone,
                                     Language language) {
  const auto which = parse_month(month);
  if (!which) return refuse("logs.month", {{"month", std::string(month)}});
  const LocalDate first(*which / 1), after((*which + std::chrono::months(1)) / 1);
  const auto midnight = [&](LocalDate day) { return to_ms(zone.to_utc(LocalTime(day.time_since_epoch()))); };
  const auto sessions = session_rates(db, midnight(first), midnight(after));
  Table table;
  if (by == By::none) {
    table = by_session(sessions, zone, language);
    Rate sum;
    for (const auto& one : sessions) sum.present += one.rate.present, sum.expected += one.rate.expected;
    const auto held = std::ranges::count_if(sessions, &SessionRate::was_held);
    auto row = with_rate({text(language, "participation.sum"), shown_month(*which, language),
                          Count{static_cast<std::int64_t>(held)}},
                         sum);
    row.emplace_back(Text());
    table.rows.push_back(std::move(row));
  } else {
    table = table_by(by, seats(db, midnight(first), midnight(after), 0),
                     Names(db, after - std::chrono::days(1), language), language);
  }
  table.title = text(language, "participation.month_title",
                     {{"month", shown_month(*which, language)},
                      {"zone", zone.name()},
                      {"rule", rules_text(sessions, language)}});
  table.year = which->year();
  return table;
}

}  // namespace edu::logs
