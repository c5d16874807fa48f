// What is done to one person of the roster at a time. In the caller's unit of work on the writer's thread;
// the caller journals it. Throw SQLite::Exception when storage fails.
#pragma once

#include <map>
#include <string>

#include "people/roster.h"

namespace edu::people {

// Two entries of one person: `kept` gets what it lacks of `gone` (roles and marks too), `gone` is no person
// any more, and its id and number lead to `kept`. Its past attendance stays what it was.
void merge(Database& database, const Person& kept, const Person& gone);

// From that day on the person has moved out; what was planned for later is dropped.
void move_out(Database& database, const Person& person, LocalDate since);

// Name, number and all else go; records that speak of the id keep it and name nobody.
void erase(Database& database, const Person& person);

// Ids of merged people to the ids that they are now.
std::map<std::string, std::string> merged_ids(Database& database);
// The same by their old numbers.
std::map<std::string, std::string> merged_numbers(Database& database);

}  // namespace edu::people
