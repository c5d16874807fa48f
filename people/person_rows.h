// Rows of the person table as Person values: shared by the questions (roster.cpp) and the import.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "base/database.h"
#include "people/person.h"

namespace edu::people {

// To be followed by a WHERE. ?1 is the day: the status is the newest entry up to that day, or the first one
// for who comes later.
inline constexpr const char* kSelectPerson = R"(
  SELECT p.id, p.number, p.name, p.gender, p.birth, p.category, p.team, p.phone, s.status, s.since,
         (SELECT group_concat(role) FROM person_role WHERE person = p.id),
         (SELECT group_concat(mark) FROM person_mark WHERE person = p.id)
  FROM person p JOIN person_status s ON s.person = p.id AND s.since = coalesce(
    (SELECT max(since) FROM person_status WHERE person = p.id AND since <= ?1),
    (SELECT min(since) FROM person_status WHERE person = p.id)) )";

Person read_person(Statement& row);  // a row of kSelectPerson

// A word that we wrote ourselves: another one is a fault of the database.
template <class E>
E stored_word(std::string_view text) {
  const auto value = from_key<E>(text);
  if (!value) throw std::runtime_error("the roster's tables hold an unknown word: " + std::string(text));
  return *value;
}

}  // namespace edu::people
