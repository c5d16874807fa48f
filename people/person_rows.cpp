#include "people/person_rows.h"

namespace edu::people {
namespace {

std::vector<Role> roles_of(std::string_view joined) {
  std::vector<Role> roles;
  for (const auto& word : Vocabulary<Role>::words)
    if (joined.find(word.key) != std::string_view::npos) roles.push_back(word.value);
  return roles;
}

}  // namespace

Person read_person(Statement& row) {
  Person person;
  person.id = row.getColumn(0).getString();
  person.number = row.getColumn(1).getString();
  person.name = row.getColumn(2).getString();
  person.gender = stored_word<Gender>(row.getColumn(3).getString());
  person.birth = row.getColumn(4).getString();
  person.category = stored_word<Category>(row.getColumn(5).getString());
  person.group = row.getColumn(6).getString();
  person.phone = row.getColumn(7).getString();
  person.status = stored_word<Status>(row.getColumn(8).getString());
  person.status_since = parse_date(row.getColumn(9).getString());
  person.roles = roles_of(row.getColumn(10).getString());
  return person;
}

}  // namespace edu::people
