// The list of books, and what is the same for each of them. Everything shown is either a row's value or
// follows from it, so the same journal gives the same bytes.
#include "logs/books/books.h"

#include <algorithm>

#include <fmt/format.h>

#include "logs/books/attendance.h"
#include "logs/books/cells.h"

namespace edu::logs {

// Each is made by the source of its name.
Book reception_book();
Book storage_book();
Book playback_book();

const Books& all_books() {
  static const Books all{reception_book(), storage_book(), playback_book(), attendance_book()};
  return all;
}

const Book* find_book(const Books& books, std::string_view name) {
  const auto found = std::ranges::find(books, name, &Book::name);
  return found == books.end() ? nullptr : &*found;
}

namespace {

std::string period_text(const Period& period, Language language) {
  if (!period.from && !period.to) return text(language, "book.whole_period");
  return fmt::format("{} – {}", period.from ? to_string(*period.from) : "…",
                     period.to ? to_string(*period.to) : "…");
}

}  // namespace

Reading reading_of(Database& database, const Period& period, const Zone& zone, Language language) {
  const auto midnight = [&](LocalDate day) { return to_ms(zone.to_utc(LocalTime(day.time_since_epoch()))); };
  return {database, period.from ? midnight(*period.from) : INT64_MIN,
          period.to ? midnight(*period.to + std::chrono::days(1)) : INT64_MAX, zone, language};
}

std::string title_of(std::string_view name, const Period& period, const Zone& zone, Language language) {
  return text(language, fmt::format("book.{}.book_title", name),
              {{"period", period_text(period, language)}, {"zone", zone.name()}});
}

Table read_book(Database& database, const Book& book, const Period& period, const Zone& zone,
                Language language) {
  Table table;
  table.title = title_of(book.name, period, zone, language);
  table.columns = columns(language, book.name, book.columns);
  table.rows = book.rows(reading_of(database, period, zone, language));
  return table;
}

}  // namespace edu::logs
