#include "people/person.h"

namespace edu::people {
namespace {

template <class E>
std::string word(Language language, E value) {
  return text(language, "people." + std::string(Vocabulary<E>::name) + "." + std::string(key(value)));
}

}  // namespace

std::string label(Language language, Gender gender) {
  return gender == Gender::unstated ? std::string() : word(language, gender);
}
std::string label(Language language, Category category) { return word(language, category); }
std::string label(Language language, Status status) { return word(language, status); }
std::string label(Language language, Role role) { return word(language, role); }

std::string categories_text(Language language, const Person& person) {
  auto out = label(language, person.category);
  for (const auto mark : person.marks) out += text(language, "people.list_separator") + label(language, mark);
  return out;
}

}  // namespace edu::people
