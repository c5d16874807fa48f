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

using Came = std::map<std::string, EntryMemory>;  // by the entries' ids

// Nothing is to be done about the entry at this time.
bool rests(const EntryMemory& memory, const Entry& entry, std::int64_t now_ms);

// What was received of it, where only its server can tell whether that is still the same: an entry that names
// a digest needs no such question.
std::optional<Former> former_of(const Entry& entry, const Came& came);

// Items of feeds were once told by what is their version now: what is remembered by it is theirs.
void adopt_former_ids(const std::vector<Entry>& entries, Came& came);

}  // namespace edu::catalogue
