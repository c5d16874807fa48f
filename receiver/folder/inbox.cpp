#include "receiver/folder/inbox.h"

#include <algorithm>

#include "base/path_text.h"
#include "base/text.h"

namespace edu::receiver {
namespace {

constexpr milliseconds kFirstDelay{5'000};
constexpr milliseconds kLongestDelay{300'000};
constexpr milliseconds kLongestOwnDelay{30'000};

}  // namespace

void Inbox::report(const FolderWatch::Report& report) {
  if (report.overflowed || report.folder_gone) writing_.clear();
  for (const auto& change : report.changes) {
    if (change.writing)
      writing_.insert(change.path);
    else
      writing_.erase(change.path);
  }
}

void Inbox::Entry::change(const FileSignature& now_signature, milliseconds now) {
  signature = now_signature;
  if (!rewritten) since = now;
  rewritten = false;
  finished = left = false;
  not_before = delay = milliseconds(0);
  why.reset();
  manifest.reset();
}

void Inbox::merge(Entries& entries, const std::vector<Found>& found, milliseconds now) {
  Entries merged;
  for (const auto& [path, signature] : found) {
    const auto known = entries.find(path);
    auto& entry = merged[path];
    if (known != entries.end()) entry = std::move(known->second);
    if (known == entries.end() || entry.signature != signature) entry.change(signature, now);
    entry.left = entry.finished;
  }
  for (auto& [path, entry] : entries)  // gone, but still being dealt with
    if (entry.underway()) merged.try_emplace(path, std::move(entry));
  entries = std::move(merged);
}

void Inbox::look(const FolderScan& scan, milliseconds now) {
  looked_ = now;
  merge(media_, scan.media, now);
  merge(manifests_, scan.manifests, now);
  unfinished_ = scan.unfinished;
  fetched_.clear();
  for (const auto& path : unfinished_)
    fetched_.insert(path.parent_path() / finished_name(path.filename().native()));
  std::erase_if(writing_, [&](const fs::path& path) { return find(path) == nullptr; });
}

Inbox::Entry* Inbox::find(const fs::path& path) {
  for (auto* entries : {&media_, &manifests_})
    if (const auto found = entries->find(path); found != entries->end()) return &found->second;
  return nullptr;
}

milliseconds Inbox::due(const fs::path& path, const Entry& entry) const {
  if (writing_.contains(path) || fetched_.contains(path)) return milliseconds::max();
  return std::max(entry.since + settle_, entry.not_before);
}

std::vector<fs::path> Inbox::manifests_to_read() const {
  std::vector<fs::path> paths;
  for (const auto& [path, entry] : manifests_)
    if (!entry.manifest && settled(path, entry)) paths.push_back(path);
  return paths;
}

void Inbox::read(ManifestFile manifest) {
  const auto entry = manifests_.find(manifest.path);
  if (entry == manifests_.end()) return;
  entry->second.manifest = std::move(manifest);
  entry->second.rewritten = false;
}

std::set<fs::path> Inbox::folders_with_unread_manifests() const {
  std::set<fs::path> folders;
  for (const auto& [path, entry] : manifests_)
    if (!entry.manifest) folders.insert(path.parent_path());
  return folders;
}

std::optional<Description> Inbox::description_of(const fs::path& media) const {
  const auto sidecar = manifests_.find(sidecar_of(media));
  if (sidecar != manifests_.end())
    if (auto description = describe(*sidecar->second.manifest, media)) return description;
  for (const auto& [path, entry] : manifests_) {
    const auto& content = entry.manifest->content;
    if (content && !content->parts.empty() && path.parent_path() == media.parent_path())
      if (auto description = describe(*entry.manifest, media)) return description;
  }
  return std::nullopt;
}

std::vector<Candidate> Inbox::ready(std::size_t most) const {
  std::vector<Candidate> candidates;
  const auto unread = folders_with_unread_manifests();
  std::set<fs::path> busy;  // manifests of which a part is being received: they are rewritten after it
  for (const auto& [path, entry] : media_)
    if (entry.by_manifest) busy.insert(*entry.by_manifest);
  for (const auto& [path, entry] : media_) {
    if (candidates.size() >= most) break;
    if (entry.underway() || entry.finished || !settled(path, entry) || unread.contains(path.parent_path()))
      continue;
    auto description = description_of(path);
    if (description && !busy.insert(description->manifest).second) continue;
    candidates.push_back({path, entry.signature, std::move(description)});
  }
  return candidates;
}

void Inbox::begin(const Candidate& candidate) {
  auto& entry = media_.at(candidate.path);
  entry.taken = entry.signature;
  if (candidate.description) entry.by_manifest = candidate.description->manifest;
}

void Inbox::finish(const fs::path& path) {
  auto* entry = find(path);
  if (!entry) return;
  if (auto* manifest = entry->by_manifest ? find(*entry->by_manifest) : nullptr) {
    manifest->manifest.reset();
    manifest->rewritten = true;
  }
  entry->finished = entry->taken == entry->signature;  // else another file has come to its place
  entry->taken.reset();
  entry->by_manifest.reset();
}

void Inbox::postpone(const fs::path& path, milliseconds now, std::optional<Refusal> why) {
  auto* entry = find(path);
  if (!entry) return;
  entry->taken.reset();
  entry->by_manifest.reset();
  entry->delay = std::clamp(entry->delay * 2, kFirstDelay, why ? kLongestOwnDelay : kLongestDelay);
  entry->why = std::move(why);
  entry->not_before = now + entry->delay;
}

std::optional<std::uint64_t> Inbox::wants_room() const {
  std::optional<std::uint64_t> least;
  for (const auto& [path, entry] : media_)
    if (entry.waits_for_room() && entry.not_before > looked_)
      least = std::min(least.value_or(entry.signature.size), entry.signature.size);
  return least;
}

void Inbox::room_for(std::uint64_t bytes) {
  for (auto& [path, entry] : media_)
    if (entry.waits_for_room() && entry.signature.size <= bytes) entry.not_before = milliseconds(0);
}

void Inbox::touch(const fs::path& path, milliseconds now) {
  if (auto* entry = find(path)) entry->since = now;
}

std::optional<milliseconds> Inbox::next_due() const {
  auto soonest = milliseconds::max();
  for (const auto& [path, entry] : media_)
    if (!entry.underway() && !entry.finished && !settled(path, entry))
      soonest = std::min(soonest, due(path, entry));
  for (const auto& [path, entry] : manifests_)
    if (!entry.manifest) soonest = std::min(soonest, due(path, entry));
  if (soonest == milliseconds::max()) return std::nullopt;
  return soonest;
}

std::string Inbox::shown(const fs::path& path) const { return path_text(path.lexically_relative(root_)); }

bool Inbox::describes_something_here(const ManifestFile& manifest) const {
  auto media = manifest.path.string();
  media.resize(media.size() - kManifestEnding.size());
  if (!manifest.content || manifest.content->parts.empty()) return media_.contains(media);
  const auto folder = manifest.path.parent_path();
  return std::ranges::any_of(media_, [&](const auto& item) {
    return item.first.parent_path() == folder && describe(manifest, item.first).has_value();
  });
}

Waiting Inbox::why_waiting(const ManifestFile& manifest) const {
  if (!manifest.content) return {shown(manifest.path), manifest.content.error()};
  const auto& parts = manifest.content->parts;
  auto missing = shown(manifest.path);
  missing.resize(missing.size() - kManifestEnding.size());
  const auto part = std::ranges::find(parts, false, &Part::received);
  if (part != parts.end()) missing = part->file;
  return {shown(manifest.path), {"receiver.waiting_for_media", {{"file", missing}}}};
}

std::vector<Waiting> Inbox::waiting() const {
  std::vector<Waiting> all;
  for (const auto& [path, entry] : media_) {
    if (entry.underway() || (entry.finished && !entry.left)) continue;
    const auto* code = entry.finished             ? "receiver.waiting_left"
                       : fetched_.contains(path)  ? "receiver.waiting_download"
                       : writing_.contains(path)  ? "receiver.waiting_written"
                       : entry.delay.count() != 0 ? "receiver.waiting_again"
                                                  : "receiver.waiting_settling";
    const bool known = entry.why && code == std::string_view("receiver.waiting_again");
    all.push_back({shown(path), known ? *entry.why : Refusal{code, {}}});
  }
  for (const auto& path : unfinished_) all.push_back({shown(path), {"receiver.waiting_download", {}}});
  for (const auto& [path, entry] : manifests_)
    if (entry.manifest && !describes_something_here(*entry.manifest))
      all.push_back(why_waiting(*entry.manifest));
  return all;
}

}  // namespace edu::receiver
