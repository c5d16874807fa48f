// What came of an entry before, and what that means for it now. Pure; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "receiver/catalogue/download.h"
#include "receiver/catalogue/listing.h"
#include "receiver/catalogue/store.h"

namespace edu::catalogue {

// An attempt at an entry, and what is to be remembered of it however it ends.
struct Attempt {
  std::string catalogue, id;       // of the entry
  std::string version, published;  // of it
  EntryMemory before;              // with the version of the file that has come
  std::int64_t again_ms = 0;       // if it fails: not before …
  std::int64_t soon_ms = 0;        // … or, where the station's own side failed

  // `why`: it failed. `done`: this version is not tried again.
  EntryMemory after(const Refusal* why, bool done) const;
  void note(Database& database, const EntryMemory& memory) const;  // in a unit of work
};

using Came = std::map<std::string, EntryMemory>;  // by the entries' ids

// Nothing is to be done about the entry at this time.
bool rests(const EntryMemory& memory, const Entry& entry, std::int64_t now_ms);

// What was received of it, where only its server can tell whether that is still the same: an entry that names
// a digest needs no such question.
std::optional<Former> former_of(const Entry& entry, const Came& came);

// Items of feeds were once told by what is their version now: what is remembered by it is theirs.
void adopt_former_ids(const std::vector<Entry>& entries, Came& came);

}  // namespace edu::catalogue
