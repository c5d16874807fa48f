// A roster in memory, and short ways to fill it.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "people/roster_csv.h"
#include "people/roster_import.h"

namespace edu::people::test {

inline LocalDate day(std::string_view text) { return parse_date(text).value(); }

inline RosterEntry entry(std::string number, std::string name, Category category = Category::member) {
  RosterEntry made;
  made.number = std::move(number);
  made.name = std::move(name);
  made.category = category;
  return made;
}

inline RosterEntry with_status(RosterEntry made, Status status, std::optional<LocalDate> since = {}) {
  made.status = status;
  made.status_since = since;
  return made;
}

inline RosterEntry in_group(RosterEntry made, std::string group) {
  made.group = std::move(group);
  return made;
}

// The entries of a file that has to be right.
inline RosterFile parsed(std::string_view bytes) {
  auto outcome = parse_roster(bytes);
  if (const auto* errors = std::get_if<std::vector<LineError>>(&outcome)) {
    for (const auto& error : *errors) ADD_FAILURE() << line_text(Language::en, error);
    return {};
  }
  return std::get<RosterFile>(std::move(outcome));
}

// The errors of a file that has to be wrong.
inline std::vector<LineError> errors_of(std::string_view bytes) {
  auto outcome = parse_roster(bytes);
  if (auto* errors = std::get_if<std::vector<LineError>>(&outcome)) return std::move(*errors);
  ADD_FAILURE() << "the file was taken";
  return {};
}

class RosterTest : public testing::Test {
 protected:
  RosterTest() : database_(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
    database_.exec("PRAGMA foreign_keys=ON");
    create_tables(database_);
  }

  ImportReport take(std::vector<RosterEntry> entries, std::string_view today = "2026-06-01") {
    return import(database_, RosterFile{std::move(entries)}, day(today));
  }
  Person person(std::string_view number, std::string_view on = "2026-06-01") {
    return find(database_, number, day(on)).value();
  }
  std::vector<std::string> names(const std::vector<Person>& people) {
    std::vector<std::string> out;
    for (const auto& p : people) out.push_back(p.name);
    return out;
  }

  Database database_;
};

}  // namespace edu::people::test
