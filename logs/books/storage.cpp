// The storage book: a line for every course that the library took, and when and why it was removed.
#include "base/sql_named.h"
#include "logs/books/book.h"
#include "logs/books/cells.h"
#include "logs/books/row.h"
#include "logs/journal/events.h"

namespace edu::logs {
namespace {

constexpr const char* kStorageSchema = R"(
  CREATE TABLE IF NOT EXISTS storage(
     no INTEGER PRIMARY KEY, seq INTEGER NOT NULL, title TEXT NOT NULL, category TEXT NOT NULL,
    reception_no INTEGER NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, stored_ms INTEGER NOT NULL,
    keep_until TEXT NOT NULL, by_whom TEXT NOT NULL, removed_seq INTEGER NOT NULL DEFAULT 0,
    removed_ms INTEGER NOT NULL DEFAULT 0, removed_reason TEXT NOT NULL DEFAULT '',
    approved_by TEXT NOT NULL DEFAULT '') STRICT;
  CREATE INDEX IF NOT EXISTS storage_stored ON storage(stored_ms))";

void courseware_stored(Database& db, const Entry& at, const CoursewareStored& e) {
  sql::insert(db, "storage",
              "no, seq, title, category, reception_no, size, sha256, stored_ms, keep_until, by_whom", e, at,
              sql::named("by_whom", e.by));
}

void courseware_kept(Database& db, const Entry&, const CoursewareKept& e) {
  sql::exec_named(db, "UPDATE storage SET keep_until=:keep_until WHERE no=:no", e);
}

void courseware_removed(Database& db, const Entry& at, const CoursewareRemoved& e) {
  sql::exec_named(db,
                  "UPDATE storage SET removed_seq=:seq, removed_ms=:removed_ms, removed_reason=:reason, "
                  "approved_by=:approved_by WHERE no=:no",
                  e, at);
}

Cell removed_cell(Statement& row, const Zone& zone, Language language) {
  if (whole(row, "removed_seq") == 0) return None();
  return text(language, "book.storage.removed_on",
              {{"date", shown(date_cell(zone, whole(row, "removed_ms")), language)},
               {"reason", cell(row, "removed_reason")},
               {"by", cell(row, "approved_by")}});
}

Rows storage_rows(const Reading& in) {
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
          storage_rows,
          {"storage",
           1,
           kStorageSchema,
           {on<courseware_stored>(), on<courseware_kept>(), on<courseware_removed>()}}};
}

}  // namespace edu::logs
