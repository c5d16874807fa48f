// An import of the roster: each line of a checked file against what the tables hold, inside the caller's unit
// of work on the writer thread. roster.h says what becomes of a status with and without a date.
#include "base/random.h"
#include "people/person_rows.h"
#include "people/roster.h"

namespace edu::people {
namespace {

std::string day_text(const std::optional<LocalDate>& day) { return day ? to_string(*day) : std::string(); }

// Carries out one import; holds its prepared statements.
class Import {
 public:
  Import(Database& database, LocalDate today)
      : today_(today),
        find_(database, std::string(kSelectPerson) + "WHERE p.number = ?2"),
        insert_(database,
                "INSERT INTO person (number, name, gender, birth, category, team, phone, id) VALUES "
                "(?,?,?,?,?,?,?,?)"),
        update_(
            database,
            "UPDATE person SET number=?, name=?, gender=?, birth=?, category=?, team=?, phone=? WHERE id=?"),
        statuses_(database, "SELECT status, since FROM person_status WHERE person = ? AND since > ?"),
        forget_(database, "DELETE FROM person_status WHERE person = ? AND since >= ? AND since <= ?"),
        add_status_(database, "INSERT INTO person_status (person, since, status) VALUES (?,?,?)"),
        clear_roles_(database, "DELETE FROM person_role WHERE person = ?"),
        add_role_(database, "INSERT INTO person_role (person, role) VALUES (?,?)") {}

  void take(const RosterEntry& entry, ImportReport& report) {
    const auto known = known_as(entry.number);
    if (!known) {
      report.added.push_back(add(entry));
    } else if (change(*known, entry)) {
      report.changed.push_back(known->id);
    } else {
      ++report.unchanged;
    }
  }

 private:
  static constexpr const char* kForEver = "9999-12-31";

  std::optional<Person> known_as(const std::string& number) {
    find_.reset();
    find_.bind(1, to_string(today_));
    find_.bind(2, number);
    std::optional<Person> known;
    if (find_.executeStep()) known = read_person(find_);
    find_.reset();
    return known;
  }

  static Person merged(Person person, const RosterEntry& entry) {
    person.number = entry.number;
    person.name = entry.name;
    person.category = entry.category;
    person.gender = entry.gender.value_or(person.gender);
    person.birth = entry.birth.value_or(person.birth);
    person.group = entry.group.value_or(person.group);
    person.phone = entry.phone.value_or(person.phone);
    person.roles = entry.roles.value_or(person.roles);
    return person;
  }

  std::string add(const RosterEntry& entry) {
    Person person = merged(Person{}, entry);
    person.id = random_id();
    write(insert_, person);
    write_roles(person);
    const auto status = entry.status.value_or(Status::on_roll);
    // Who is mobile, ill or gone since a day was on roll until then.
    const bool before = entry.status_since && status != Status::on_roll;
    if (before) write_status(person.id, "", Status::on_roll);
    write_status(person.id, day_text(entry.status_since), status);
    return person.id;
  }

  bool change(const Person& known, const RosterEntry& entry) {
    const Person wanted = merged(known, entry);
    const bool differs = wanted != known;
    if (differs) write(update_, wanted);
    if (wanted.roles != known.roles) write_roles(wanted);
    return change_status(known, entry) || differs;
  }

  bool change_status(const Person& known, const RosterEntry& entry) {
    if (!entry.status) return false;
    const bool same_date = !entry.status_since || entry.status_since == known.status_since;
    if (*entry.status == known.status && same_date) return false;
    const auto since = to_string(entry.status_since.value_or(today_));
    const auto now = to_string(today_);
    if (since > now) return plan(known.id, since, *entry.status);
    replace(forget_, known.id, since, now);
    write_status(known.id, since, *entry.status);
    return true;
  }

  // The file names a day to come: it is the only plan from now on. False if it was that already.
  bool plan(const std::string& id, const std::string& since, Status status) {
    const auto now = to_string(today_);
    statuses_.reset();
    statuses_.bind(1, id);
    statuses_.bind(2, now);
    bool planned = false, other = false;
    while (statuses_.executeStep()) {
      const bool same =
          statuses_.getColumn(1).getString() == since && statuses_.getColumn(0).getString() == key(status);
      (same ? planned : other) = true;
    }
    statuses_.reset();
    if (planned && !other) return false;
    replace(forget_, id, to_string(today_ + std::chrono::days(1)), kForEver);
    write_status(id, since, status);
    return true;
  }

  static void replace(Statement& forget, const std::string& id, const std::string& from,
                      const std::string& to) {
    forget.reset();
    forget.bind(1, id);
    forget.bind(2, from);
    forget.bind(3, to);
    forget.exec();
  }

  void write_status(const std::string& id, const std::string& since, Status status) {
    add_status_.reset();
    add_status_.bind(1, id);
    add_status_.bind(2, since);
    add_status_.bind(3, std::string(key(status)));
    add_status_.exec();
  }

  static void write(Statement& statement, const Person& person) {
    const std::string gender(key(person.gender)), category(key(person.category));
    const std::string* values[] = {&person.number, &person.name,  &gender,       &person.birth,
                                   &category,      &person.group, &person.phone, &person.id};
    statement.reset();
    int at = 0;
    for (const auto* value : values) statement.bind(++at, *value);
    statement.exec();
  }

  void write_roles(const Person& person) {
    clear_roles_.reset();
    clear_roles_.bind(1, person.id);
    clear_roles_.exec();
    for (const auto role : person.roles) {
      add_role_.reset();
      add_role_.bind(1, person.id);
      add_role_.bind(2, std::string(key(role)));
      add_role_.exec();
    }
  }

  LocalDate today_;
  Statement find_, insert_, update_, statuses_, forget_, add_status_, clear_roles_, add_role_;
};

}  // namespace

ImportReport import(Database& database, const RosterFile& file, LocalDate today) {
  Import work(database, today);
  ImportReport report;
  for (const auto& entry : file.entries) work.take(entry, report);
  return report;
}

}  // namespace edu::people
