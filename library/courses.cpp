// Rows of courseware come in from the receiver's units of work; lists and single ones leave, to those who
// ask. Nothing is held in memory.
#include "library/courses.h"

#include <fmt/format.h>

#include "base/sql_named.h"

namespace edu::library {

BOOST_DESCRIBE_STRUCT(Courseware, (),
                      (no, title, category, lecturer, language, audience, format, size, duration_ms, sha256,
                       reception_no, stored_ms, keep_until, poster, pinned, removed_ms))

namespace {

constexpr const char* kColumns =
    "no, title, category, lecturer, language, audience, format, size, duration_ms, sha256, reception_no, "
    "stored_ms, keep_until, poster, pinned, removed_ms";

Courseware courseware_of(Statement& row) {
  int column = 0;
  const auto text = [&] { return row.getColumn(column++).getString(); };
  const auto number = [&] { return row.getColumn(column++).getInt64(); };
  Courseware c;
  c.no = number();
  c.title = text();
  c.category = text();
  c.lecturer = text();
  c.language = text();
  c.audience = text();
  c.format = text();
  c.size = number();
  c.duration_ms = number();
  c.sha256 = text();
  c.reception_no = number();
  c.stored_ms = number();
  c.keep_until = text();
  c.poster = number() != 0;
  c.pinned = number() != 0;
  c.removed_ms = number();
  return c;
}

template <class... Values>
std::vector<Courseware> select(Database& database, const std::string& condition, const Values&... values) {
  const auto query = fmt::format("SELECT {} FROM courseware {}", kColumns, condition);
  auto rows = sql::prepare(database, query.c_str(), values...);
  std::vector<Courseware> found;
  while (rows.executeStep()) found.push_back(courseware_of(rows));
  return found;
}

std::optional<Courseware> first(std::vector<Courseware> found) {
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::string state_text(const Courseware& c, const Zone& zone, Language language) {
  if (c.removed())
    return text(language, "library.removed",
                {{"date", shown(zone.date_of(from_ms(c.removed_ms)), language)}});
  if (c.missing) return text(language, "library.missing");
  return text(language, c.pinned ? "library.pinned" : "library.held");
}

}  // namespace

void create_tables(Database& database) {
  database.exec(R"(
    CREATE TABLE IF NOT EXISTS courseware(
      no INTEGER PRIMARY KEY, title TEXT NOT NULL, category TEXT NOT NULL, lecturer TEXT NOT NULL,
      language TEXT NOT NULL, audience TEXT NOT NULL, format TEXT NOT NULL, size INTEGER NOT NULL,
      duration_ms INTEGER NOT NULL, sha256 TEXT NOT NULL, reception_no INTEGER NOT NULL, stored_ms INTEGER NOT NULL,
      keep_until TEXT NOT NULL, poster INTEGER NOT NULL, pinned INTEGER NOT NULL, removed_ms INTEGER NOT NULL) STRICT;
    CREATE UNIQUE INDEX IF NOT EXISTS courseware_held ON courseware(sha256) WHERE removed_ms = 0;
    CREATE TABLE IF NOT EXISTS courseware_waits(no INTEGER PRIMARY KEY) STRICT;
  )");
}

std::int64_t next_no(Database& database) {
  return sql::number(database, "SELECT max(no) FROM courseware", 0) + 1;
}

void insert(Database& database, const Courseware& c) { sql::insert(database, "courseware", kColumns, c); }

void set_pinned(Database& database, std::int64_t no, bool pinned) {
  sql::exec(database, "UPDATE courseware SET pinned=? WHERE no=?", pinned, no);
}

void wait_for_day(Database& database, std::int64_t no) {
  sql::exec(database, "INSERT OR IGNORE INTO courseware_waits(no) VALUES(?)", no);
}

std::vector<std::int64_t> waiting_for_day(Database& database) {
  std::vector<std::int64_t> waiting;
  auto row = sql::prepare(database, "SELECT no FROM courseware_waits ORDER BY no");
  while (row.executeStep()) waiting.push_back(row.getColumn(0).getInt64());
  return waiting;
}

void keep_until(Database& database, std::int64_t no, const std::string& day) {
  sql::exec(database, "UPDATE courseware SET keep_until=? WHERE no=?", day, no);
  sql::exec(database, "DELETE FROM courseware_waits WHERE no=?", no);
}

void mark_removed(Database& database, std::int64_t no, std::int64_t removed_ms) {
  sql::exec(database, "UPDATE courseware SET removed_ms=? WHERE no=?", removed_ms, no);
}

std::vector<Courseware> list(Database& database, const Filter& filter) {
  return select(
      database,
      "WHERE (?1 OR removed_ms = 0) AND (?2 = '' OR category = ?2) AND (?3 = '' OR instr(title, ?3) > 0 OR "
      "instr(category, ?3) > 0 OR instr(lecturer, ?3) > 0) ORDER BY no",
      filter.removed, filter.category, filter.words);
}

std::optional<Courseware> find(Database& database, std::int64_t no) {
  return first(select(database, "WHERE no=?", no));
}

std::optional<Courseware> find_by_digest(Database& database, const std::string& sha256) {
  return first(select(database, "WHERE sha256=? AND removed_ms = 0", sha256));
}

std::string size_text(std::uint64_t bytes) { return shown(Bytes{bytes}); }

Table table(const std::vector<Courseware>& courseware, const Zone& zone, Language language) {
  auto out = headed(language, "library.column",
                    {"no", "title", "category", "lecturer", "language", "audience", "format", "size",
                     "duration", "stored_on", "keep_until", "state", "reception_no", "sha256"});
  out.title = text(language, "library.title");
  for (const auto& c : courseware) {
    const Cell duration = c.duration_ms == 0 ? Cell(Text()) : Cell(Duration{milliseconds(c.duration_ms)});
    const auto keep = parse_date(c.keep_until);
    out.rows.push_back({CoursewareNo{c.no}, c.title, c.category, c.lecturer, c.language, c.audience, c.format,
                        Bytes{static_cast<std::uint64_t>(c.size)}, duration,
                        zone.date_of(from_ms(c.stored_ms)),
                        keep ? Cell(*keep) : Cell(text(language, "library.for_ever")),
                        state_text(c, zone, language), Count{c.reception_no}, c.sha256});
  }
  name_year(out);
  return out;
}

}  // namespace edu::library
