// The words of a roster's vocabularies as people write them: 党员, 正式党员, member, 党员、困难党员.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "people/person.h"

namespace edu::people {

std::optional<Gender> typed_gender(const std::string& cell);  // an empty one is unstated
std::optional<Status> typed_status(const std::string& cell);
std::optional<Category> typed_category(const std::string& cell);  // one word
std::optional<Role> typed_role(const std::string& cell);          // one word

// Several words in one cell. Each is given once; what no word is comes in `unknown`.
template <class E>
struct Words {
  std::vector<E> known;
  std::vector<std::string> unknown;
};
Words<Category> typed_categories(const std::string& cell);  // in the order of the cell
Words<Role> typed_roles(const std::string& cell);           // in the order of Role

// Which of several categories a person has first: a member in need is a member, with a mark. `all` is not
// empty.
struct Standing {
  Category category;
  std::vector<Category> marks;  // in the order of Category
};
Standing standing(const std::vector<Category>& all);

}  // namespace edu::people
