// The storage book: a line for every course that the library took, and when and why it was removed.
#include "base/sql.h"
#include "logs/books/book.h"
#include "logs/books/cells.h"
#include "logs/books/row.h"

namespace edu::logs {
namespace {

Cell removed_cell(Statement& row, const Zone& zone, Language language) {
  if (whole(row, "removed_seq") == 0) return None();
  return text(language, "book.storage.removed_on",
              {{"date", shown(date_cell(zone, whole(row, "removed_ms")), language)},
               {"reason", cell(row, "removed_reason")},
               {"by", cell(row, "approved_by")}});
}

Rows rows(const Reading& in) {
  Rows table;
  auto row = sql::prepare(in.db, "SELECT * FROM storage WHERE stored_ms >= ? AND stored_ms < ? ORDER BY no",
                          in.from_ms, in.to_ms);
  while (row.executeStep()) {
    const auto keep = parse_date(cell(row, "keep_until"));
    table.push_back({courseware_cell(whole(row, "no")), cell(row, "title"), words_cell(cell(row, "category")),
                     count_cell(row, "reception_no"), text(in.language, "book.storage.in_library"),
                     size_cell(whole(row, "size")), cell(row, "sha256"),
                     date_cell(in.zone, whole(row, "stored_ms")),
                     keep ? Cell(*keep) : Cell(text(in.language, "book.storage.for_ever")),
                     removed_cell(row, in.zone, in.language), by_cell(cell(row, "by_whom"), in.language),
                     events_cell({whole(row, "seq"), whole(row, "removed_seq")})});
  }
  return table;
}

}  // namespace

Book storage_book() {
  return {"storage",
          {"courseware", "title", "category", "reception", "place", "size", "sha256", "stored", "keep_until",
           "removed", "by", "events"},
          rows};
}

}  // namespace edu::logs
