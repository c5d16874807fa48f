// What the station remembers of its catalogues, in its database: the last catalogue with its validators, the
// highest serial of each signer, and what came of each entry. The functions work on any connection; those
// that write are for a unit of work on the writer thread. They throw SQLite::Exception.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/database.h"

namespace edu::catalogue {

void create_tables(Database& database);  // idempotent

// The last catalogue that was good.
struct Memory {
  std::string url;             // that was asked for: validators hold for it alone
  std::string etag, modified;  // as the server named its version
  std::string body, signature;
  std::int64_t heard_ms = 0;  // when it was last seen to hold
  std::string base;           // that it came from, after redirects; empty: the same
};
std::optional<Memory> recall(Database& database, const std::string& catalogue);
void remember(Database& database, const std::string& catalogue, const Memory& memory);
void heard(Database& database, const std::string& catalogue, std::int64_t at_ms);
// All but the serials and what came of entries: a catalogue that comes back is not received again.
void forget(Database& database, const std::string& catalogue);

std::int64_t highest_serial(Database& database, const std::string& key_id, const std::string& series);
void raise_serial(Database& database, const std::string& key_id, const std::string& series,
                  std::int64_t serial);

struct EntryMemory {
  bool done = false;          // received, or refused for good: this version is not fetched again
  std::int64_t failures = 0;  // attempts that brought nothing, one after the other
  std::int64_t not_before_ms = 0;
  std::string version,
      published;  // of the entry (listing.h) that is meant; empty in rows from before they existed
  std::string etag, modified;  // of the file that was received last
  std::int64_t length = 0;     // of it, bytes; 0: none was received
};
std::map<std::string, EntryMemory> entries_of(Database& database, const std::string& catalogue);
void note(Database& database, const std::string& catalogue, const std::string& id, const EntryMemory& memory);

}  // namespace edu::catalogue
