#include "people/person_rows.h"

namespace edu::people {
namespace {

// Of "operator,tutor", in the order of the vocabulary.
template <class E>
std::vector<E> words_of(const std::string& joined) {
  std::vector<E> found;
  const auto list = "," + joined + ",";
  for (const auto& word : Vocabulary<E>::words)
    if (list.find("," + std::string(word.key) + ",") != std::string::npos) found.push_back(word.value);
  return found;
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
  person.roles = words_of<Role>(row.getColumn(10).getString());
  person.marks = words_of<Category>(row.getColumn(11).getString());
  return person;
}

}  // namespace edu::people
