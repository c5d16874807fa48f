// Carries out the import of a roster file that was planned, inside the caller's unit of work on the writer's
// thread. roster_import.h says what becomes of a status with and without a date.
#include "people/roster_import.h"

#include "base/random.h"
#include "people/person_rows.h"

namespace edu::people {
namespace {

std::string day_text(const std::optional<LocalDate>& day) { return day ? to_string(*day) : std::string(); }

// Carries out one import; holds its prepared statements.
class Import {
 public:
  Import(Database& database, LocalDate today)
      : database_(database),
        today_(today),
        insert_(database,
                "INSERT INTO person (id, number, name, gender, birth, category, team, phone) VALUES "
                "(:id, :number, :name, :gender, :birth, :category, :team, :phone)"),
        update_(database,
                "UPDATE person SET number=:number, name=:name, gender=:gender, birth=:birth, "
                "category=:category, team=:team, phone=:phone WHERE id=:id"),
        forget_(database, "DELETE FROM person_status WHERE person = ? AND since >= ? AND since <= ?"),
        add_status_(database, "INSERT INTO person_status (person, since, status) VALUES (?,?,?)"),
        clear_roles_(database, "DELETE FROM person_role WHERE person = ?"),
        add_role_(database, "INSERT INTO person_role (person, role) VALUES (?,?)"),
        clear_marks_(database, "DELETE FROM person_mark WHERE person = ?"),
        add_mark_(database, "INSERT INTO person_mark (person, mark) VALUES (?,?)") {}

  void carry_out(const ImportPlan& plan, ImportReport& report) {
    for (std::size_t i = 0; i < plan.entries.size(); ++i)
      if (plan.targets[i].what == ImportPlan::Target::What::add) report.added.push_back(add(plan.entries[i]));
    for (const auto& one : plan.changed) {
      change(one.before, plan.entries[one.at]);
      report.changed.push_back(one.before.id);
    }
    report.unchanged = plan.unchanged;
    if (!plan.missing_move_out) return;
    for (const auto& person : plan.missing) move_out(person, report);
  }

 private:
  void move_out(const Person& person, ImportReport& report) {
    replace(forget_, person.id, to_string(today_), to_string(today_));
    write_status(person.id, to_string(today_), Status::moved_out);
    report.changed.push_back(person.id);
  }

  static constexpr const char* kForEver = "9999-12-31";

  std::string add(const RosterEntry& entry) {
    Person person = merged(Person{}, entry);
    person.id = random_id();
    write(insert_, person);
    if (!person.roles.empty()) write_words(clear_roles_, add_role_, person.id, person.roles);
    if (!person.marks.empty()) write_words(clear_marks_, add_mark_, person.id, person.marks);
    const auto status = entry.status.value_or(Status::on_roll);
    // Who is mobile, ill or gone since a day was on roll until then.
    const bool before = entry.status_since && status != Status::on_roll;
    if (before) write_status(person.id, "", Status::on_roll);
    write_status(person.id, day_text(entry.status_since), status);
    return person.id;
  }

  void change(const Person& known, const RosterEntry& entry) {
    const Person wanted = merged(known, entry);
    if (wanted != known) write(update_, wanted);
    if (wanted.roles != known.roles) write_words(clear_roles_, add_role_, wanted.id, wanted.roles);
    if (wanted.marks != known.marks) write_words(clear_marks_, add_mark_, wanted.id, wanted.marks);
    change_status(known, entry);
  }

  void change_status(const Person& known, const RosterEntry& entry) {
    if (!changes_status(database_, known, entry, today_)) return;
    const auto since = to_string(entry.status_since.value_or(today_));
    const auto now = to_string(today_);
    // A day to come is the only plan from now on.
    if (since > now)
      replace(forget_, known.id, to_string(today_ + std::chrono::days(1)), kForEver);
    else
      replace(forget_, known.id, since, now);
    write_status(known.id, since, *entry.status);
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
    statement.reset();
    statement.bind(":id", person.id);
    statement.bind(":number", person.number);
    statement.bind(":name", person.name);
    statement.bind(":gender", std::string(key(person.gender)));
    statement.bind(":birth", person.birth);
    statement.bind(":category", std::string(key(person.category)));
    statement.bind(":team", person.group);
    statement.bind(":phone", person.phone);
    statement.exec();
  }

  template <class E>
  static void write_words(Statement& clear, Statement& add, const std::string& person,
                          const std::vector<E>& words) {
    clear.reset();
    clear.bind(1, person);
    clear.exec();
    for (const auto word : words) {
      add.reset();
      add.bind(1, person);
      add.bind(2, std::string(key(word)));
      add.exec();
    }
  }

  Database& database_;
  LocalDate today_;
  Statement insert_, update_, forget_, add_status_, clear_roles_, add_role_, clear_marks_, add_mark_;
};

}  // namespace

ImportReport import(Database& database, const ImportPlan& plan, LocalDate today) {
  ImportReport report;
  Import(database, today).carry_out(plan, report);
  return report;
}

ImportReport import(Database& database, const RosterFile& file, LocalDate today) {
  ImportChoices choices;
  choices.twins = ImportChoices::Twins::add;
  choices.new_groups = true;
  return import(database, plan_import(database, file, today, choices), today);
}

}  // namespace edu::people
