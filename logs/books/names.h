// Names for the people that the journal knows by their random ids alone.
#pragma once

#include <map>
#include <string>

#include "base/database.h"
#include "base/messages.h"
#include "people/roster_changes.h"

namespace edu::logs {

class Names {
 public:
  Names(Database& database, LocalDate on, Language language) : language_(language) {
    for (auto& person : people::list(database, on)) people_.emplace(person.id, std::move(person));
    for (const auto& [id, kept] : people::merged_ids(database))
      if (const auto found = people_.find(kept); found != people_.end()) people_.emplace(id, found->second);
  }
  // "王建国"; a person who was erased from the roster is named as such, with the head of the id.
  std::string name(const std::string& id) const {
    const auto found = people_.find(id);
    return found != people_.end() ? found->second.name
                                  : text(language_, "book.erased", {{"id", id.substr(0, 8)}});
  }
  // The id that stands for the person now, where two were merged.
  std::string current(const std::string& id) const {
    const auto found = people_.find(id);
    return found != people_.end() ? found->second.id : id;
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
