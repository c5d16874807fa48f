// What is done to one person of the roster, and the record of it, in one unit of work each. On the writer's
// thread. People are named as people::find takes them. The records name them by their id alone.
#pragma once

#include <string>

#include "base/result.h"
#include "logs/journal/ledger.h"
#include "people/roster.h"

namespace edu::logs {

// `gone` is the same person as `kept`. Answers who is kept. Refusals of people::find; people.merge_self
// {person}.
Result<people::Person> merge_people(Transaction& transaction, const std::string& gone,
                                    const std::string& kept, LocalDate today, const std::string& actor);

// Refusals of people::find; people.moved_out_before {person} (conflict).
Result<people::Person> move_out(Transaction& transaction, const std::string& member, LocalDate since,
                                LocalDate today, const std::string& actor);

// Refusals of people::find; logs.reason_length.
Result<people::Person> erase_person(Transaction& transaction, const std::string& member,
                                    const std::string& reason, LocalDate today, const std::string& actor);

}  // namespace edu::logs
