// Names for the people that the journal knows by their random ids alone.
#pragma once

#include <map>
#include <string>

#include "base/database.h"
#include "base/messages.h"
#include "people/roster.h"

namespace edu::logs {

class Names {
 public:
  Names(Database& database, LocalDate on, Language language) : language_(language) {
    for (auto& person : people::list(database, on)) people_.emplace(person.id, std::move(person));
  }
  // "王建国"; a person who was erased from the roster is named as such, with the head of the id.
  std::string name(const std::string& id) const {
    const auto found = people_.find(id);
    return found != people_.end() ? found->second.name
                                  : text(language_, "book.erased", {{"id", id.substr(0, 8)}});
  }
  std::string number(const std::string& id) const {
    const auto found = people_.find(id);
    return found != people_.end() ? found->second.number : "";
  }

 private:
  Language language_;
  std::map<std::string, people::Person> people_;
};

}  // namespace edu::logs
