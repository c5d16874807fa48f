// What a record book is made of. A book is one source file that makes its Book, a line in the list of
// books.cpp, and its texts: book.<name>.book_title and the headings that no other book has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/database.h"
#include "base/messages.h"
#include "base/table.h"
#include "calendar/zone.h"
#include "logs/journal/projection.h"

namespace edu::logs {

// What is asked of a book, and for whom. `from_ms` is in the period, `to_ms` is after it.
struct Reading {
  Database& db;
  std::int64_t from_ms, to_ms;
  const Zone& zone;
  Language language;
};

using Rows = std::vector<Row>;

struct Book {
  std::string name;                  // in the route, on the command line and in its texts
  std::vector<const char*> columns;  // keys, in the order of the form
  Rows (*rows)(const Reading&);      // each as long as `columns`; in order; on any connection
  Projection projection;             // its own tables; without a name: it reads those of study
};

}  // namespace edu::logs
