#include "logs/books/session_list.h"

#include "base/sql.h"
#include "logs/books/attendance.h"
#include "logs/books/participation.h"
#include "logs/books/row.h"

namespace edu::logs {

Table session_list(Database& db, const Period& period, const Zone& zone, Language language) {
  const auto in = reading_of(db, period, zone, language);
  Table table;
  table.title = title_of("sessions", period, zone, language);
  table.columns = columns(
      language, "sessions",
      {"session", "start", "title", "place", "chair", "tutor", "visitors", "rate", "effective", "state"});
  auto row = sql::prepare(db,
                          "SELECT * FROM session WHERE planned_start_ms >= ? AND planned_start_ms < ? "
                          "ORDER BY planned_start_ms, session",
                          in.from_ms, in.to_ms);
  while (row.executeStep()) {
    const auto rate = participation_of_session(db, whole(row, "session"), By::none, zone, language);
    table.rows.push_back({cell(row, "session"), zone.iso8601(from_ms(whole(row, "planned_start_ms"))),
                          cell(row, "title"), or_none(cell(row, "place")), or_none(cell(row, "chair")),
                          or_none(cell(row, "tutor")), cell(row, "visitors"), rate->rows.at(0).at(5),
                          duration_cell(whole(row, "effective_ms")), rate->rows.at(0).at(6)});
  }
  return table;
}

Result<Table> session_sheet(Database& db, std::int64_t session, const Zone& zone, Language language) {
  auto rate = participation_of_session(db, session, By::none, zone, language);
  if (!rate) return rate;
  const auto* book = find_book(all_books(), "attendance");
  Table table;
  table.columns = columns(language, book->name, book->columns);
  table.rows = attendance_rows(reading_of(db, {}, zone, language), session);
  table.title = rate->title + "\n" + rate->rows.at(0).at(5);
  return table;
}

}  // namespace edu::logs
