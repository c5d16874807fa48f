// Any bytes as a roster file: it is refused, or it is a roster that its own export gives back.
#include <cstdint>
#include <cstdlib>

#include "people/roster_csv.h"
#include "people/roster_import.h"

using namespace edu;

namespace {

const auto kOpen = SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;
const LocalDate kToday = parse_date("2026-06-01").value();

void check(bool holds) {
  if (!holds) std::abort();
}

void check_errors(const std::vector<people::LineError>& errors) {
  check(!errors.empty() && errors.size() <= people::kMostErrors + 1);
  for (const auto& error : errors) {
    check(has_text(Language::zh, "refusal." + error.refusal.code));
    check(!people::line_text(Language::zh, error).empty());
  }
}

void check_round_trip(const people::RosterFile& file, Language language) {
  Database database(":memory:", kOpen);
  people::create_tables(database);
  check(people::import(database, file, kToday).added.size() == file.entries.size());
  const auto before = people::list(database, kToday);
  const auto bytes = people::export_csv(before, language);
  const auto again = people::parse_roster(bytes);
  const auto* read_back = std::get_if<people::RosterFile>(&again);
  check(read_back != nullptr);
  check(people::import(database, *read_back, kToday).unchanged == before.size());
  check(people::list(database, kToday) == before);
  for (const auto& person : before) check(people::find(database, person.number, kToday).value() == person);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto outcome = people::parse_roster({reinterpret_cast<const char*>(data), size});
  if (const auto* errors = std::get_if<std::vector<people::LineError>>(&outcome)) {
    check_errors(*errors);
  } else {
    const auto& file = std::get<people::RosterFile>(outcome);
    check_round_trip(file, Language::zh);
    check_round_trip(file, Language::en);
  }
  return 0;
}
