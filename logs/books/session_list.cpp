#include "logs/books/session_list.h"

#include "logs/books/attendance.h"
#include "logs/books/cells.h"
#include "logs/books/participation.h"

namespace edu::logs {

Table session_list(Database& db, const Period& period, const Zone& zone, Language language) {
  const auto in = reading_of(db, period, zone, language);
  auto table = headed(
      language, "book.sessions",
      {"session", "start", "title", "place", "chair", "tutor", "visitors", "rate", "effective", "state"});
  for (const auto& one : session_rates(db, in.from_ms, in.to_ms))
    table.rows.push_back({Count{one.session}, zone.instant(from_ms(one.start_ms)), one.title,
                          words_cell(one.place), words_cell(one.chair), words_cell(one.tutor),
                          Count{one.visitors}, one.rate, duration_cell(one.effective_ms),
                          state_text(one, language)});
  name_period(table, "sessions", period, zone);
  return table;
}

Result<Table> session_sheet(Database& db, std::int64_t session, const Zone& zone, Language language) {
  const auto rate = session_rate(db, session);
  if (!rate) return Unexpected(rate.error());
  const auto* book = find_book(all_books(), "attendance");
  auto table = headed(language, "book." + book->name, book->columns);
  table.rows = attendance_rows(reading_of(db, {}, zone, language), session);
  table.title = title_of(*rate, zone, language) + "\n" + shown(rate->rate);
  table.year = std::chrono::year_month_day(zone.date_of(from_ms(rate->start_ms))).year();
  return table;
}

}  // namespace edu::logs
