// The roster: who belongs to the station, in which group, since when with which status, in which role.
//
// Nothing here writes the journal: a caller that changes the roster journals what it did in the same unit of
// work. All functions block and belong on the writer thread (import) or on a worker (the rest). They throw
// SQLite::Exception when storage fails. docs/domain.md, "The books" and "Participation".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/database.h"
#include "base/result.h"
#include "base/table.h"
#include "people/person.h"

namespace edu::people {

void create_tables(Database& database);  // idempotent

// One line of a roster file, checked (people/roster_csv.h). What is nullopt the file does not speak of: an
// import leaves it as it is, and a new person gets Person's default.
struct RosterEntry {
  std::string number;  // unique in the file, not empty
  std::string name;    // not empty, NFC
  Category category = Category::member;
  std::vector<Category> marks;  // each once, in the order of Category
  std::optional<Gender> gender;
  std::optional<std::string> birth;
  std::optional<std::string> group;
  std::optional<std::string> phone;
  std::optional<Status> status;
  std::optional<LocalDate> status_since;  // only with a status
  std::optional<std::vector<Role>> roles;

  bool operator==(const RosterEntry&) const = default;
};

struct Filter {
  std::vector<std::string> groups;   // empty: all
  std::vector<Category> categories;  // empty: all
};

// Everybody who passes the filter (groups in the form of base/typed.h), whatever their status, ordered by
// number; status as of `on`. Somebody whose first status comes after `on` is shown with that.
std::vector<Person> list(Database& database, LocalDate on, const Filter& filter = {});

std::optional<Person> find_by_id(Database& database, std::string_view id, LocalDate on);

// By number, else by name, in the forms of base/typed.h: ０２１ is 021 and 阿卜杜拉•买买提 is
// 阿卜杜拉·买买提; 1 is 001 where nobody has the number 1. A merged person's old number is the number of who
// they became. Of several with that name, those who moved out stand back behind the others. Refusals:
// "people.unknown_person" {who}, not_found; "people.ambiguous_name" {name, numbers}, conflict.
Result<Person> find(Database& database, std::string_view number_or_name, LocalDate on);

// Who is expected at a session that day: on roll or ill (an absence with a reason), in the groups (empty:
// all) and of the counted categories, or with a mark that counts. `category` of each is the one that counts.
// Mobile and moved out people, from their date on, are not. Ordered by
// number.
std::vector<Person> expected_on(Database& database, LocalDate day, const std::vector<std::string>& groups,
                                const std::vector<Category>& counted);

struct DatedStatus {
  Status status = Status::on_roll;
  std::optional<LocalDate> since;

  bool operator==(const DatedStatus&) const = default;
};
std::vector<DatedStatus> history(Database& database, std::string_view id);  // oldest first
// nullopt: unknown, or not yet on the roster that day.
std::optional<Status> status_on(Database& database, std::string_view id, LocalDate day);

struct Group {
  std::string name;         // empty: the people of no group
  std::size_t people = 0;   // all but those who moved out
  std::size_t on_roll = 0;  // on roll or ill

  bool operator==(const Group&) const = default;
};
std::vector<Group> groups(Database& database, LocalDate on);  // ordered by name
std::vector<std::string> group_names(Database& database);     // of those who did not move out, without ""

// The group that `typed` names, as the roster writes it. Refusal "people.unknown_group" {group, nearest}, or
// "people.unknown_group_alone" {group} where no other is near (kind: conflict).
Result<std::string> known_group(const std::vector<std::string>& groups, std::string_view typed);
// Those that a programme invites, in the roster's spelling, each once. One that the roster does not have has
// to be said twice; refusals of known_group. A roster without groups has nothing to compare with.
Result<std::vector<std::string>> invited_groups(const std::vector<std::string>& groups,
                                                const std::vector<std::string>& typed);

// The columns of the roster book, in the language: headings, words of the vocabularies. Keys: number, no,
// name, gender, birth, category, group, status, status_since, phone, roles.
Table roster_table(const std::vector<Person>& people, Language language);

}  // namespace edu::people
