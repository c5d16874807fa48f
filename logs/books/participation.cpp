#include "logs/books/participation.h"

#include <map>

#include <fmt/format.h>

#include "base/sql.h"
#include "logs/books/cells.h"
#include "logs/books/names.h"

namespace edu::logs {
namespace {

// One expected person in one session.
struct Attendance {
  std::int64_t session;
  std::string person, group;
  bool present, excused;
};

struct SessionHead {
  std::int64_t session;
  std::string title;
  std::int64_t start_ms, frozen_seq, closed_seq;
  std::string rule;
};

bool excused_counts(const std::string& rule) {
  const auto parsed = parse_json(rule);
  return !parsed || !parsed->is_object() || get_int(parsed->get_object(), "excused_counts", 1) != 0;
}

std::vector<SessionHead> sessions_between(Database& db, std::int64_t from_ms, std::int64_t to_ms) {
  std::vector<SessionHead> out;
  auto rows =
      sql::prepare(db,
                   "SELECT session, title, planned_start_ms, frozen_seq, closed_seq, rule FROM session "
                   "WHERE planned_start_ms >= ? AND planned_start_ms < ? ORDER BY planned_start_ms, session",
                   from_ms, to_ms);
  while (rows.executeStep())
    out.push_back({rows.getColumn(0).getInt64(), rows.getColumn(1).getString(), rows.getColumn(2).getInt64(),
                   rows.getColumn(3).getInt64(), rows.getColumn(4).getInt64(),
                   rows.getColumn(5).getString()});
  return out;
}

// The denominator's people: the roster as it was frozen, less those whose excuse takes them out by the rule.
// While a session is not closed yet, whoever has signed in stands as present.
std::vector<Attendance> attendance_of(Database& db, const SessionHead& session) {
  std::vector<Attendance> out;
  const bool keep_excused = excused_counts(session.rule);
  auto rows = sql::prepare(db, R"(
    SELECT e.person, e.group_name, coalesce(a.present, 0), coalesce(a.excused, ''),
           EXISTS(SELECT 1 FROM presence p WHERE p.session=e.session AND p.person=e.person)
    FROM expected e LEFT JOIN attendance a USING(session, person) WHERE e.session=? ORDER BY e.person)",
                           session.session);
  while (rows.executeStep()) {
    const bool signed_in = rows.getColumn(4).getInt() != 0;
    const bool present = session.closed_seq != 0 ? rows.getColumn(2).getInt() != 0 : signed_in;
    const bool excused = !rows.getColumn(3).getString().empty() && !present;
    if (excused && !keep_excused) continue;
    out.push_back(
        {session.session, rows.getColumn(0).getString(), rows.getColumn(1).getString(), present, excused});
  }
  return out;
}

std::string rule_text(Language language, const std::string& rule) {
  const auto parsed = parse_json(rule);
  if (!parsed || !parsed->is_object()) return text(language, "participation.not_frozen");
  std::string counted;
  for (const auto& category : get_array(parsed->get_object(), "counted"))
    counted += (counted.empty() ? "" : text(language, "participation.and")) +
               text(language, "people.category." + std::string(category.as_string()));
  const auto percent = get_int(parsed->get_object(), "credited_percent");
  const Args args{{"counted", counted}, {"percent", std::to_string(percent)}};
  return text(language, percent == 0 ? "participation.rule" : "participation.rule_percent", args) +
         text(language, excused_counts(rule) ? "participation.excused_stay" : "participation.excused_leave");
}

Rate rate_of(const std::vector<Attendance>& people) {
  Rate rate;
  for (const auto& person : people) {
    ++rate.expected;
    if (person.present) ++rate.present;
  }
  return rate;
}

std::string state_text(Language language, const SessionHead& session) {
  if (session.closed_seq != 0) return text(language, "participation.state_closed");
  return text(language, session.frozen_seq != 0 ? "participation.state_running" : "participation.state_open");
}

template <class Key>
std::map<std::string, Rate> rates_by(const std::vector<Attendance>& people, Key key) {
  std::map<std::string, Rate> rates;
  for (const auto& person : people) {
    auto& rate = rates[key(person)];
    ++rate.expected;
    if (person.present) ++rate.present;
  }
  return rates;
}

Table table_by(const std::vector<Attendance>& people, By by, const Names& names, Language language) {
  Table table;
  if (by == By::group) {
    table.columns = columns(language, "participation", {"group", "present", "expected", "rate"});
    for (const auto& [group, rate] : rates_by(people, [](const Attendance& a) { return a.group; }))
      table.rows.push_back(
          {group, std::to_string(rate.present), std::to_string(rate.expected), rate.to_string()});
    return table;
  }
  table.columns =
      columns(language, "participation", {"number", "name", "group", "present", "expected", "rate"});
  std::map<std::string, std::string> group_of;
  for (const auto& person : people) group_of[person.person] = person.group;
  std::map<std::string, std::vector<std::string>> by_number;  // rows in the roster's order
  for (const auto& [id, rate] : rates_by(people, [](const Attendance& a) { return a.person; }))
    by_number[names.number(id) + id] = {names.number(id),
                                        names.name(id),
                                        group_of[id],
                                        std::to_string(rate.present),
                                        std::to_string(rate.expected),
                                        rate.to_string()};
  for (auto& [order, row] : by_number) table.rows.push_back(std::move(row));
  return table;
}

std::optional<std::chrono::year_month> parse_month(std::string_view text) {
  const auto day = parse_date(std::string(text) + "-01");
  if (!day) return std::nullopt;
  const std::chrono::year_month_day ymd(*day);
  return ymd.year() / ymd.month();
}

}  // namespace

std::string Rate::to_string() const {
  if (expected == 0) return fmt::format("{}/{} = —", present, expected);
  const auto tenths = present * 1000 / expected;
  return fmt::format("{}/{} = {}.{} %", present, expected, tenths / 10, tenths % 10);
}

Result<Table> participation_of_session(Database& db, std::int64_t session, By by, const Zone& zone,
                                       Language language) {
  for (const auto& head : sessions_between(db, INT64_MIN, INT64_MAX)) {
    if (head.session != session) continue;
    const auto people = attendance_of(db, head);
    const Args args{{"session", std::to_string(session)},
                    {"title", head.title},
                    {"start", zone.iso8601(from_ms(head.start_ms))},
                    {"rule", rule_text(language, head.rule)}};
    Table table;
    if (by == By::none) {
      const auto rate = rate_of(people);
      table.columns = columns(language, "participation",
                              {"session", "start", "title", "present", "expected", "rate", "state"});
      table.rows.push_back({std::to_string(session), args.at("start"), head.title,
                            std::to_string(rate.present), std::to_string(rate.expected), rate.to_string(),
                            state_text(language, head)});
    } else {
      table = table_by(people, by, Names(db, zone.date_of(from_ms(head.start_ms)), language), language);
    }
    table.title = text(language, "participation.session_title", args);
    return table;
  }
  return refuse("logs.session_unknown", {{"session", std::to_string(session)}}, Refusal::Kind::not_found);
}

Result<Table> participation_of_month(Database& db, std::string_view month, By by, const Zone& zone,
                                     Language language) {
  const auto which = parse_month(month);
  if (!which) return refuse("logs.month", {{"month", std::string(month)}});
  const LocalDate first(*which / 1), after((*which + std::chrono::months(1)) / 1);
  const auto heads = sessions_between(db, to_ms(zone.to_utc(LocalTime(first.time_since_epoch()))),
                                      to_ms(zone.to_utc(LocalTime(after.time_since_epoch()))));
  std::vector<Attendance> all;
  Table table;
  table.columns = columns(language, "participation",
                          {"session", "start", "title", "present", "expected", "rate", "state"});
  std::map<std::string, bool> rules;
  for (const auto& head : heads) {
    const auto people = attendance_of(db, head);
    const auto rate = rate_of(people);
    if (head.frozen_seq != 0) rules[rule_text(language, head.rule)] = true;
    table.rows.push_back({std::to_string(head.session), zone.iso8601(from_ms(head.start_ms)), head.title,
                          std::to_string(rate.present), std::to_string(rate.expected), rate.to_string(),
                          state_text(language, head)});
    all.insert(all.end(), people.begin(), people.end());
  }
  const auto sum = rate_of(all);
  table.rows.push_back({text(language, "participation.sum"), std::string(month), std::to_string(heads.size()),
                        std::to_string(sum.present), std::to_string(sum.expected), sum.to_string(), ""});
  if (by != By::none) table = table_by(all, by, Names(db, after - std::chrono::days(1), language), language);
  std::string rule;
  for (const auto& [one, used] : rules) rule += (rule.empty() ? "" : " / ") + one;
  table.title = text(language, "participation.month_title", {{"month", std::string(month)}, {"rule", rule}});
  return table;
}

}  // namespace edu::logs
