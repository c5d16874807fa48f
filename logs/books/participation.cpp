// The rates of sessions and the people behind them come in (logs/study/rates), tables leave; on a worker,
// reading alone.
#include "logs/books/participation.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "logs/books/cells.h"
#include "logs/books/names.h"

namespace edu::logs {
namespace {

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
                              : table_by(by, seats_of(db, session), Names(db, day, language), language);
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
    table = table_by(by, seats(db, midnight(first), midnight(after)),
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
