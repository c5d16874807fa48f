// The list of books, and what is the same for each of them. Everything shown is either a row's value or
// follows from it, so the same journal gives the same bytes.
#include "logs/books/books.h"

#include <algorithm>

#include <fmt/format.h>

#include "logs/books/attendance.h"
#include "logs/books/playback.h"
#include "logs/books/reception.h"
#include "logs/study/study_projection.h"

namespace edu::logs {

Book storage_book();  // storage.cpp; nobody asks it anything else

const Books& all_books() {
  static const Books all{reception_book(), storage_book(), playback_book(), attendance_book()};
  return all;
}

Projections projections_of(const Books& books) {
  Projections all{study_projection()};
  for (const auto& book : books)
    if (!book.projection.name.empty()) all.push_back(book.projection);
  return all;
}

Projections all_projections() { return projections_of(all_books()); }

const Book* find_book(const Books& books, std::string_view name) {
  const auto found = std::ranges::find(books, name, &Book::name);
  return found == books.end() ? nullptr : &*found;
}

namespace {

std::string period_text(const Period& period, Language language) {
  if (!period.from && !period.to) return text(language, "book.whole_period");
  const auto bound = [&](const std::optional<LocalDate>& day) { return day ? shown(*day, language) : "…"; };
  return period.from == period.to ? bound(period.from) : bound(period.from) + " – " + bound(period.to);
}

// The year that the bounds name, where they lie in one.
std::optional<Year> year_of(const Period& period) {
  if (!period.from || !period.to) return std::nullopt;
  const auto first = std::chrono::year_month_day(*period.from).year();
  return first == std::chrono::year_month_day(*period.to).year() ? std::optional(first) : std::nullopt;
}

}  // namespace

Reading reading_of(Database& database, const Period& period, const Zone& zone, Language language) {
  const auto midnight = [&](LocalDate day) { return to_ms(zone.to_utc(LocalTime(day.time_since_epoch()))); };
  return {database, period.from ? midnight(*period.from) : INT64_MIN,
          period.to ? midnight(*period.to + std::chrono::days(1)) : INT64_MAX, zone, language};
}

void name_period(Table& table, std::string_view name, const Period& period, const Zone& zone) {
  const auto language = table.language;
  auto words = period_text(period, language);
  table.year = year_of(period);
  if (!table.year && (table.year = common_year(table)))
    words = text(language, "book.period_of_year",
                 {{"period", words}, {"year", std::to_string(static_cast<int>(*table.year))}});
  table.title =
      text(language, fmt::format("book.{}.book_title", name), {{"period", words}, {"zone", zone.name()}});
}

Table read_book(Database& database, const Book& book, const Period& period, const Zone& zone,
                Language language) {
  auto table = headed(language, "book." + book.name, book.columns);
  table.rows = book.rows(reading_of(database, period, zone, language));
  name_period(table, book.name, period, zone);
  return table;
}

}  // namespace edu::logs
