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
#include "base/typed.h"
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

bool is_counted(const std::vector<Category>& counted, Category category) {
  return std::ranges::find(counted, category) != counted.end();
}

// Who is meant though it is written otherwise: another case, other zeros, a number that a merger took away, a
// name from before names had one form. Asked only when nothing fits to the letter, since it reads everybody.
std::vector<Person> meant_by(Database& database, LocalDate on, const std::string& who) {
  auto people = select(database, on, "WHERE p.id IN (SELECT person FROM person_merged WHERE number = ?2)",
                       clean_number(who));
  if (!people.empty()) return people;
  const auto number = number_key(who), name = name_key(who);
  auto all = select(database, on, "");
  for (const auto& person : all)
    if (!number.empty() && number_key(person.number) == number) people.push_back(person);
  if (people.empty())
    for (const auto& person : all)
      if (!name.empty() && name_key(person.name) == name) people.push_back(person);
  // "017 王建国", as lists and answers write a person.
  if (people.empty())
    for (const auto& person : all)
      if (name_key(person.number + " " + person.name) == name ||
          name_key(person.name + " " + person.number) == name)
        people.push_back(person);
  return people;
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
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS person_mark (
      person TEXT NOT NULL REFERENCES person (id), mark TEXT NOT NULL,
      PRIMARY KEY (person, mark)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS person_merged (
      id TEXT PRIMARY KEY, number TEXT NOT NULL, person TEXT NOT NULL REFERENCES person (id)
    ) STRICT, WITHOUT ROWID;)");
}

std::vector<Person> list(Database& database, LocalDate on, const Filter& filter) {
  auto people = select(database, on, "");
  std::vector<std::string> wanted;
  for (const auto& group : filter.groups) wanted.push_back(name_key(group));
  std::erase_if(people, [&](const Person& p) {
    const bool marked = std::ranges::any_of(p.marks, [&](Category mark) {
      return std::ranges::find(filter.categories, mark) != filter.categories.end();
    });
    return !admits(wanted, wanted.empty() ? std::string() : name_key(p.group)) ||
           !(marked || admits(filter.categories, p.category));
  });
  return people;
}

std::optional<Person> find_by_id(Database& database, std::string_view id, LocalDate on) {
  auto people = select(database, on, "WHERE p.id = ?2", id);
  if (people.empty())
    people = select(database, on, "WHERE p.id = (SELECT person FROM person_merged WHERE id = ?2)", id);
  if (people.empty()) return std::nullopt;
  return std::move(people.front());
}

Result<Person> find(Database& database, std::string_view number_or_name, LocalDate on) {
  // Nobody's name is longer; cut, it stays longer than any (cells.h says why it has to be short).
  const auto who = to_utf8(number_or_name.substr(0, kLongestRawCell / 3));
  auto people = select(database, on, "WHERE p.number = ?2", clean_number(who));
  if (people.empty()) people = select(database, on, "WHERE p.name = ?2", clean_name(who));
  if (people.empty()) people = meant_by(database, on, who);
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
  std::erase_if(people, [&](Person& p) {
    for (std::size_t i = 0; i < p.marks.size() && !is_counted(counted, p.category); ++i)
      if (is_counted(counted, p.marks[i])) std::swap(p.category, p.marks[i]);
    return !is_counted(counted, p.category) || !expected(p, day);
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

std::vector<std::string> group_names(Database& database) {
  Statement query(database, R"(
    SELECT DISTINCT team FROM person p WHERE team != '' AND 'moved_out' != (
      SELECT status FROM person_status s WHERE s.person = p.id ORDER BY since DESC LIMIT 1) ORDER BY team)");
  std::vector<std::string> names;
  while (query.executeStep()) names.push_back(query.getColumn(0).getString());
  return names;
}

Result<std::string> known_group(const std::vector<std::string>& groups, std::string_view typed) {
  const auto form = name_key(truncate_utf8(typed, kLongestRawCell));
  for (const auto& group : groups)
    if (name_key(group) == form) return group;
  std::string best;
  auto least = std::string::npos;
  for (const auto& group : groups) {
    const auto distance = typing_distance(form, name_key(group));
    if (distance < least) best = group, least = distance;
  }
  const Args args{{"group", one_line(typed, kLongestCell)}, {"nearest", best}};
  return refuse(best.empty() ? "people.unknown_group_alone" : "people.unknown_group", args,
                Refusal::Kind::conflict);
}

Result<std::vector<std::string>> invited_groups(const std::vector<std::string>& groups,
                                                const std::vector<std::string>& typed) {
  std::vector<std::string> invited;
  for (const auto& one : typed) {
    const auto form = clean_name(truncate_utf8(one, kLongestRawCell));
    if (form.empty()) continue;
    const auto times = std::ranges::count_if(typed, [&](const auto& other) {
      return name_key(truncate_utf8(other, kLongestRawCell)) == name_key(form);
    });
    const auto known = groups.empty() ? Result<std::string>(form) : known_group(groups, form);
    if (!known && times < 2) return Unexpected(known.error());
    const auto group = known.value_or(form);
    if (std::ranges::find(invited, group) == invited.end()) invited.push_back(group);
  }
  return invited;
}

}  // namespace edu::people
