#include "people/roster_changes.h"

#include "base/sql.h"

namespace edu::people {
namespace {

void forget(Database& database, const std::string& id) {
  for (const char* from :
       {"DELETE FROM person_role WHERE person = ?", "DELETE FROM person_mark WHERE person = ?",
        "DELETE FROM person_status WHERE person = ?", "DELETE FROM person WHERE id = ?"})
    sql::exec(database, from, id);
}

std::string filled(const std::string& kept, const std::string& other) { return kept.empty() ? other : kept; }

std::map<std::string, std::string> merged_by(Database& database, const char* query) {
  std::map<std::string, std::string> out;
  Statement rows(database, query);
  while (rows.executeStep()) out[rows.getColumn(0).getString()] = rows.getColumn(1).getString();
  return out;
}

}  // namespace

void merge(Database& database, const Person& kept, const Person& gone) {
  const auto gender = kept.gender == Gender::unstated ? gone.gender : kept.gender;
  sql::exec(database, "UPDATE person SET gender = ?, birth = ?, team = ?, phone = ? WHERE id = ?",
            std::string(key(gender)), filled(kept.birth, gone.birth), filled(kept.group, gone.group),
            filled(kept.phone, gone.phone), kept.id);
  sql::exec(database, "INSERT OR IGNORE INTO person_role SELECT ?1, role FROM person_role WHERE person = ?2",
            kept.id, gone.id);
  sql::exec(
      database,
      "INSERT OR IGNORE INTO person_mark SELECT ?1, mark FROM person_mark WHERE person = ?2 AND mark != ?3",
      kept.id, gone.id, std::string(key(kept.category)));
  if (gone.category != kept.category)
    sql::exec(database, "INSERT OR IGNORE INTO person_mark VALUES (?, ?)", kept.id,
              std::string(key(gone.category)));
  sql::exec(database, "UPDATE person_merged SET person = ? WHERE person = ?", kept.id, gone.id);
  forget(database, gone.id);
  sql::exec(database, "INSERT INTO person_merged (id, number, person) VALUES (?, ?, ?)", gone.id, gone.number,
            kept.id);
}

void move_out(Database& database, const Person& person, LocalDate since) {
  sql::exec(database, "DELETE FROM person_status WHERE person = ? AND since >= ?", person.id,
            to_string(since));
  sql::exec(database, "INSERT INTO person_status (person, since, status) VALUES (?, ?, ?)", person.id,
            to_string(since), std::string(key(Status::moved_out)));
}

void erase(Database& database, const Person& person) {
  sql::exec(database, "DELETE FROM person_merged WHERE person = ?", person.id);
  forget(database, person.id);
}

std::map<std::string, std::string> merged_ids(Database& database) {
  return merged_by(database, "SELECT id, person FROM person_merged");
}

std::map<std::string, std::string> merged_numbers(Database& database) {
  return merged_by(database, "SELECT number, person FROM person_merged");
}

}  // namespace edu::people
