// The demonstration: a whole book is this source, a line in a list of books, and its texts.
#include "base/sql_named.h"
#include "logs/books/book.h"
#include "logs/books/cells.h"
#include "logs/books/row.h"
#include "logs/journal/events.h"

namespace edu::logs {
namespace {

constexpr const char* kSchema = R"(
  CREATE TABLE IF NOT EXISTS deck_fault(seq INTEGER PRIMARY KEY, clock TEXT NOT NULL, what TEXT NOT NULL) STRICT)";

void deck_failed(Database& db, const Entry& at, const DeckFailed& e) {
  sql::insert(db, "deck_fault", "seq, clock, what", e, at);
}

Rows rows(const Reading& in) {
  Rows table;
  auto row = sql::prepare(in.db, "SELECT * FROM deck_fault ORDER BY seq");
  while (row.executeStep()) table.push_back({cell(row, "what"), events_cell({whole(row, "seq")})});
  return table;
}

}  // namespace

Book deck_faults_book() {
  return {"deck_faults", {"what", "events"}, rows, {"deck_faults", 1, kSchema, {on<deck_failed>()}}};
}

}  // namespace edu::logs
