// The storage book: a line for every course that the library took, and when and why it was removed.
#include "base/sql.h"
#include "logs/books/book.h"
#include "logs/books/cells.h"
#include "logs/books/row.h"

namespace edu::logs {
namespace {

std::string removed_cell(Statement& row, const Zone& zone, Language language) {
  if (whole(row, "removed_seq") == 0) return std::string(kNone);
  return text(language, "book.storage.removed_on",
              {{"date", date_cell(zone, whole(row, "removed_ms"))},
               {"reason", cell(row, "removed_reason")},
               {"by", cell(row, "approved_by")}});
}

Rows rows(const Reading& in) {
  Rows table;
  auto row = sql::prepare(in.db, "SELECT * FROM storage WHERE stored_ms >= ? AND stored_ms < ? ORDER BY no",
                          in.from_ms, in.to_ms);
  while (row.executeStep()) {
    const auto keep = cell(row, "keep_until");
    table.push_back({courseware_cell(whole(row, "no")), cell(row, "title"), or_none(cell(row, "category")),
                     cell(row, "reception_no"), text(in.language, "book.storage.in_library"),
                     size_cell(whole(row, "size")), cell(row, "sha256"),
                     date_cell(in.zone, whole(row, "stored_ms")),
                     keep.empty() ? text(in.language, "book.storage.for_ever") : keep,
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
