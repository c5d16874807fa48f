// The attendance book's lines, also for the sheet of one session.
#pragma once

#include "logs/books/book.h"

namespace edu::logs {

// `session`: of this one alone; 0: of all.
Rows attendance_rows(const Reading& in, std::int64_t session);
Book attendance_book();

}  // namespace edu::logs
