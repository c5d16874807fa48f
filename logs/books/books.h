// The record books and lists, as tables for a reader: computed from the books' tables, which are computed
// from the journal. Call on a worker with a read-only connection. Columns and their order: RECORDS, "Books
// and their columns".
#pragma once

#include <optional>
#include <string_view>

#include "base/database.h"
#include "base/messages.h"
#include "base/result.h"
#include "base/table.h"
#include "base/time.h"
#include "calendar/zone.h"

namespace edu::logs {

enum class Book { reception, storage, playback, attendance };
std::optional<Book> book_of(std::string_view name);

struct Period {
  std::optional<LocalDate> from, to;  // both included; none: without a bound
};

Table book(Database& database, Book which, const Period& period, const Zone& zone, Language language);

// A session's line in the list and everything about one.
Table session_list(Database& database, const Period& period, const Zone& zone, Language language);
// People expected and present, their minutes, reasons: one line a person. Refusal session_unknown.
Result<Table> session_sheet(Database& database, std::int64_t session, const Zone& zone, Language language);

}  // namespace edu::logs
