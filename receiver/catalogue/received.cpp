#include "receiver/catalogue/received.h"

namespace edu::catalogue {

bool rests(const EntryMemory& memory, const Entry& entry, std::int64_t now_ms) {
  const bool same = memory.version.empty() || memory.version == entry.version;
  return (memory.done && same) || memory.not_before_ms > now_ms;
}

std::optional<Former> former_of(const Entry& entry, const Came& came) {
  const auto found = came.find(entry.id);
  if (found == came.end() || !entry.sha256.empty()) return std::nullopt;
  const auto& memory = found->second;
  Former former{{memory.etag, memory.modified, static_cast<std::uint64_t>(memory.length)},
                memory.published == entry.published};
  if (!former.version.known()) return std::nullopt;
  return former;
}

void adopt_former_ids(const std::vector<Entry>& entries, Came& came) {
  for (const auto& entry : entries) {
    const auto former = came.find(entry.version);
    if (entry.id == entry.version || former == came.end() || came.contains(entry.id)) continue;
    auto memory = former->second;
    memory.version = entry.version;
    memory.published = entry.published;
    came[entry.id] = std::move(memory);
  }
}

}  // namespace edu::catalogue
