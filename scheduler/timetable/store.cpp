#include "scheduler/timetable/store.h"

#include "base/json.h"
#include "base/sql_named.h"

namespace edu::scheduler::store {
namespace {

using sql::named;

std::string list_text(const std::vector<std::string>& list) {
  return json::serialize(json::value_from(list));
}

std::string list_text(const std::vector<LocalTime>& times) {
  json::array out;
  for (const auto time : times) out.push_back(json::value(edu::to_string(time)));
  return json::serialize(out);
}

std::string list_text(const std::vector<std::int64_t>& numbers) {
  return json::serialize(json::value_from(numbers));
}

template <class T>
std::vector<T> list_of(const SQLite::Column& column) {
  return json::value_to<std::vector<T>>(json::parse(column.getString()));
}

std::vector<LocalTime> times_of(const SQLite::Column& column) {
  std::vector<LocalTime> times;
  for (const auto& text : list_of<std::string>(column))
    if (const auto time = parse_local_time(text)) times.push_back(*time);
  return times;
}

constexpr auto kSelect =
    "SELECT programme, title, kind, local_start, zone, rundown, rrule, exdates, rdates, groups, tutor, "
    "chair, place, "
    "added_ms, cancelled FROM programme ";

Programme read(Database& database, Statement& row) {
  Programme out;
  out.id = row.getColumn(0).getInt64();
  out.title = row.getColumn(1).getString();
  out.kind = kind_of(row.getColumn(2).getString()).value_or(Kind::open);
  out.local_start = parse_local_time(row.getColumn(3).getString()).value_or(LocalTime{});
  out.zone = row.getColumn(4).getString();
  out.rundown = list_of<std::int64_t>(row.getColumn(5));
  out.rrule = row.getColumn(6).getString();
  out.exdates = times_of(row.getColumn(7));
  out.rdates = times_of(row.getColumn(8));
  out.groups = list_of<std::string>(row.getColumn(9));
  out.tutor = row.getColumn(10).getString();
  out.chair = row.getColumn(11).getString();
  out.place = row.getColumn(12).getString();
  out.added = from_ms(row.getColumn(13).getInt64());
  out.cancelled = row.getColumn(14).getInt() != 0;
  auto dates =
      sql::prepare(database, "SELECT local_start FROM programme_cancelled WHERE programme=?", out.id);
  while (dates.executeStep())
    if (const auto time = parse_local_time(dates.getColumn(0).getString())) out.cancelled_dates.insert(*time);
  return out;
}

}  // namespace

void create(Database& database) {
  database.exec(R"(
    CREATE TABLE IF NOT EXISTS programme(
      programme INTEGER PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL, local_start TEXT NOT NULL,
      zone TEXT NOT NULL, rundown TEXT NOT NULL, rrule TEXT NOT NULL, exdates TEXT NOT NULL, rdates TEXT NOT NULL,
      groups TEXT NOT NULL, tutor TEXT NOT NULL, chair TEXT NOT NULL, place TEXT NOT NULL,
      added_ms INTEGER NOT NULL, cancelled INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TABLE IF NOT EXISTS programme_cancelled(
      programme INTEGER NOT NULL REFERENCES programme, local_start TEXT NOT NULL,
      PRIMARY KEY(programme, local_start)) STRICT;
    CREATE TABLE IF NOT EXISTS aired(occurrence TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
  )");
}

std::vector<Programme> programmes(Database& database) {
  std::vector<Programme> list;
  Statement row(database, std::string(kSelect) + "ORDER BY programme");
  while (row.executeStep()) list.push_back(read(database, row));
  return list;
}

std::optional<Programme> programme(Database& database, std::int64_t id) {
  Statement row(database, std::string(kSelect) + "WHERE programme=?");
  row.bind(1, id);
  if (!row.executeStep()) return std::nullopt;
  return read(database, row);
}

std::int64_t insert(Database& database, const Programme& programme) {
  const auto id = sql::number(database, "SELECT max(programme) FROM programme", 0) + 1;
  sql::insert(
      database, "programme",
      "programme, title, kind, local_start, zone, rundown, rrule, exdates, rdates, groups, tutor, chair, "
      "place, added_ms",
      named("programme", id), named("title", programme.title),
      named("kind", std::string_view(to_string(programme.kind))),
      named("local_start", edu::to_string(programme.local_start)), named("zone", programme.zone),
      named("rundown", list_text(programme.rundown)), named("rrule", programme.rrule),
      named("exdates", list_text(programme.exdates)), named("rdates", list_text(programme.rdates)),
      named("groups", list_text(programme.groups)), named("tutor", programme.tutor),
      named("chair", programme.chair), named("place", programme.place),
      named("added_ms", to_ms(programme.added)));
  return id;
}

void cancel(Database& database, std::int64_t id) {
  sql::exec(database, "UPDATE programme SET cancelled=1 WHERE programme=?", id);
}

void cancel(Database& database, std::int64_t id, LocalTime local_start) {
  sql::exec(database, "INSERT OR IGNORE INTO programme_cancelled(programme, local_start) VALUES(?,?)", id,
            edu::to_string(local_start));
}

std::map<std::string, State> settled(Database& database) {
  std::map<std::string, State> states;
  auto row = sql::prepare(database, "SELECT occurrence, state FROM aired");
  while (row.executeStep())
    states[row.getColumn(0).getString()] =
        row.getColumn(1).getString() == to_string(State::aired) ? State::aired : State::missed;
  return states;
}

void settle(Database& database, const std::string& key, State state) {
  sql::exec(database, "INSERT OR IGNORE INTO aired(occurrence, state) VALUES(?,?)", key, to_string(state));
}

}  // namespace edu::scheduler::store
