// The record books as tables for a reader: computed from the books' tables, which are computed from the
// journal. Call on a worker with a read-only connection.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "logs/books/book.h"

namespace edu::logs {

using Books = std::vector<Book>;

// Every book that a station keeps, in the order in which they are listed.
const Books& all_books();
// Of study and of every book that has tables: what the ledger, prepare() and verify() are to be given.
Projections projections_of(const Books& books);
Projections all_projections();  // of all_books()
// The book of a name, or null; it lives as long as `books`.
const Book* find_book(const Books& books, std::string_view name);

struct Period {
  std::optional<LocalDate> from, to;  // both included; none: without a bound
};

Reading reading_of(Database& database, const Period& period, const Zone& zone, Language language);
// Gives the table its head, "Reception book (1 Nov 2026 – 30 Nov 2026, zone Asia/Shanghai)": the text
// book.<name>.book_title. What year the dates are of stands there, or else beside each.
void name_period(Table& table, std::string_view name, const Period& period, const Zone& zone);

Table read_book(Database& database, const Book& book, const Period& period, const Zone& zone,
                Language language);

}  // namespace edu::logs
