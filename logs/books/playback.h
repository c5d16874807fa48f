// What other rooms ask of the playback book.
#pragma once

#include "logs/books/book.h"

namespace edu::logs {

Book playback_book();
// The number of the next play; inside the unit of work that uses it.
std::int64_t next_play(Database& database);

}  // namespace edu::logs
