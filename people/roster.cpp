// The roster's tables.
//
// In: a checked roster file (people/roster_csv.h) and the day of its import; questions of sessions, sign-in
// and books about people on a day. Out: values (Person), and for an import the ids that it touched, for the
// journal.
// Thread: the caller's, on the caller's connection: changes inside a unit of work of the writer, questions on
// a worker's reading connection.
//
// A person's status is a history (person_status), one entry a date from which it holds, so that what was the
// case on a past day stays answerable. The empty date sorts before every other: "as long as the roster knows
// them".
#include "people/roster.h"

#include <algorithm>
#include <functional>
#include <map>

#include "base/text.h"
#include "people/cells.h"
#include "people/person_rows.h"

namespace edu::people {
namespace {

// Numbers like 2 and 10 in their natural order; numbers that begin with letters by their text.
constexpr const char* kByNumber = " ORDER BY CAST(p.number AS INTEGER), p.number";

std::vector<Person> select(Database& database, LocalDate on, const std::string& where,
                           std::string_view argument = {}) {
  Statement query(database, kSelectPerson + where + kByNumber);
  query.bind(1, to_string(on));
  if (!where.empty()) query.bind(2, std::string(argument));
  std::vector<Person> people;
  while (query.executeStep()) people.push_back(read_person(query));
  return people;
}

template <class T>
bool admits(const std::vector<T>& wanted, const T& value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

// On the roster by then, and neither mobile nor moved out; who is ill is absent with a reason, but expected.
bool expected(const Person& person, LocalDate day) {
  const bool later = person.status_since && *person.status_since > day;
  return !later && (person.status == Status::on_roll || person.status == Status::ill);
}

}  // namespace

void create_tables(Database& database) {
  database.exec(R"(
    CREATE TABLE IF NOT EXISTS person (
      id TEXT PRIMARY KEY, number TEXT NOT NULL UNIQUE, name TEXT NOT NULL, gender TEXT NOT NULL,
      birth TEXT NOT NULL, category TEXT NOT NULL, team TEXT NOT NULL, phone TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS person_by_name ON person (name);
    CREATE TABLE IF NOT EXISTS person_status (
      person TEXT NOT NULL REFERENCES person (id), since TEXT NOT NULL, status TEXT NOT NULL,
      PRIMARY KEY (person, since)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS person_role (
      person TEXT NOT NULL REFERENCES person (id), role TEXT NOT NULL,
      PRIMARY KEY (person, role)
    ) STRICT, WITHOUT ROWID;)");
}

std::vector<Person> list(Database& database, LocalDate on, const Filter& filter) {
  auto people = select(database, on, "");
  std::erase_if(people, [&](const Person& p) {
    return !admits(filter.groups, p.group) || !admits(filter.categories, p.category);
  });
  return people;
}

std::optional<Person> find_by_id(Database& database, std::string_view id, LocalDate on) {
  auto people = select(database, on, "WHERE p.id = ?2", id);
  if (people.empty()) return std::nullopt;
  return std::move(people.front());
}

Result<Person> find(Database& database, std::string_view number_or_name, LocalDate on) {
  // Nobody's name is longer; cut, it stays longer than any (cells.h says why it has to be short).
  const auto who = to_utf8(number_or_name.substr(0, kLongestRawCell / 3));
  auto people = select(database, on, "WHERE p.number = ?2", clean_cell(who));
  if (people.empty()) people = select(database, on, "WHERE p.name = ?2", clean_name(who));
  if (people.size() > 1) {
    const auto here = [](const Person& p) { return p.status != Status::moved_out; };
    if (std::any_of(people.begin(), people.end(), here)) std::erase_if(people, std::not_fn(here));
  }
  if (people.size() == 1) return std::move(people.front());
  const auto shown = std::string(truncate_utf8(one_line(who), kLongestCell));
  if (people.empty()) return refuse("people.unknown_person", {{"who", shown}}, Refusal::Kind::not_found);
  std::string numbers;
  for (const auto& person : people) numbers += (numbers.empty() ? "" : ", ") + person.number;
  return refuse("people.ambiguous_name", {{"name", shown}, {"numbers", numbers}}, Refusal::Kind::conflict);
}

std::vector<Person> expected_on(Database& database, LocalDate day, const std::vector<std::string>& groups,
                                const std::vector<Category>& counted) {
  auto people = list(database, day, Filter{groups, {}});
  std::erase_if(people, [&](const Person& p) {
    const bool counts = std::find(counted.begin(), counted.end(), p.category) != counted.end();
    return !counts || !expected(p, day);
  });
  return people;
}

std::vector<DatedStatus> history(Database& database, std::string_view id) {
  Statement query(database, "SELECT status, since FROM person_status WHERE person = ? ORDER BY since");
  query.bind(1, std::string(id));
  std::vector<DatedStatus> entries;
  while (query.executeStep()) {
    const auto status = stored_word<Status>(query.getColumn(0).getString());
    entries.push_back({status, parse_date(query.getColumn(1).getString())});
  }
  return entries;
}

std::optional<Status> status_on(Database& database, std::string_view id, LocalDate day) {
  std::optional<Status> found;
  for (const auto& entry : history(database, id))
    if (!entry.since || *entry.since <= day) found = entry.status;
  return found;
}

std::vector<Group> groups(Database& database, LocalDate on) {
  std::map<std::string, Group> by_name;
  for (const auto& person : list(database, on)) {
    auto& group = by_name[person.group];
    group.name = person.group;
    if (person.status != Status::moved_out) ++group.people;
    if (expected(person, on)) ++group.on_roll;
  }
  std::vector<Group> out;
  for (auto& [name, group] : by_name) out.push_back(std::move(group));
  return out;
}

}  // namespace edu::people
