#include "receiver/catalogue/received.h"

namespace edu::catalogue {
namespace {

// Did the station's own side fail, and neither the server nor the line?
bool is_ours(const Refusal& why) {
  return why.kind == Refusal::Kind::unavailable && !why.code.starts_with("catalogue.");
}

}  // namespace

EntryMemory Attempt::after(const Refusal* why, bool done) const {
  auto memory = before;
  memory.done = done;
  memory.version = version;
  memory.published = published;
  memory.failures = why ? before.failures + 1 : 0;
  memory.not_before_ms = !why ? 0 : is_ours(*why) ? soon_ms : again_ms;
  return memory;
}

void Attempt::note(Database& database, const EntryMemory& memory) const {
  catalogue::note(database, catalogue, id, memory);
}

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
