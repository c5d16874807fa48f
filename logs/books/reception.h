// What other rooms ask of the reception book. The book is made of the journal alone, so its newest number is
// the newest that was given. On any connection; what a unit of work decides by is asked inside it.
#pragma once

#include <string>

#include "base/database.h"
#include "logs/books/book.h"
#include "logs/journal/events.h"

namespace edu::logs {

Book reception_book();

std::int64_t next_reception_no(Database& database);
// The highest serial that was taken of a key's series; 0: none was.
std::int64_t highest_serial(Database& database, const std::string& key_id, const std::string& series);
// The number of a record that says the very same; 0: there is none.
std::int64_t recorded_before(Database& database, const ReceptionRecorded& record);
// Has this digest been received before, whatever became of it since?
bool is_received(Database& database, const std::string& sha256);

// What the header of the file said of its length, and how the length was found that counts
// (ReceptionRecorded).
struct Lengths {
  std::int64_t declared_ms = 0;
  std::string by;
};
Lengths lengths_of(Database& database, std::int64_t no);

// Whose signature a reception found; empty: nobody's.
struct Signer {
  std::string name, key_id;
};
Signer signer_of(Database& database, std::int64_t no);

}  // namespace edu::logs
