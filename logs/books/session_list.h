// Study sessions as tables for a reader: the list of a period, and the sheet of one session. Call on a worker
// with a read-only connection.
#pragma once

#include "base/result.h"
#include "logs/books/books.h"

namespace edu::logs {

// One line for each session that was planned in the period, with its rate.
Table session_list(Database& database, const Period& period, const Zone& zone, Language language);
// People expected and present, their minutes, reasons: one line for each person. Refusal session_unknown.
Result<Table> session_sheet(Database& database, std::int64_t session, const Zone& zone, Language language);

}  // namespace edu::logs
