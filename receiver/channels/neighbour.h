// How a neighbour helps out, and this station a neighbour: lists of gaps and repair files
// (receiver/channels/repair_file.h) put together with the library and the channels.
#pragma once

#include <cstdint>
#include <string>

#include "base/database.h"
#include "library/object_store.h"
#include "receiver/channels/multicast_source.h"
#include "receiver/channels/repair_file.h"

namespace edu::receiver {

// What object `no` lacks, for a neighbour. Refusal receiver.gaps_compressed {no}: its bytes on the way are
// not those of the file.
Result<GapList> gap_list(const multicast::Gaps& gaps, std::int64_t no);

// The repair file for a neighbour's gaps, of a file that the library holds: known by its SHA-256, or by size
// and MD5. Refusal receiver.not_here {name}. Reads the file; on a worker.
Result<std::string> repair_for(Database& database, const library::ObjectStore& store, const GapList& gaps);

// Gives a neighbour's bytes to the channel that lacks them; how many they were. Refusal
// receiver.repair_strange: nothing of that key is under way. `repair` outlives it. On the loop.
awaitable<Result<std::size_t>> apply(MulticastSource& channels, const Repair& repair);

}  // namespace edu::receiver
