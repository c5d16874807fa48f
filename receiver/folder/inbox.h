// What is known of the files in the watched folder, and which of them may be taken now. Pure: looks and times
// come in, decisions leave.
//
// A file may be taken when its size and time of change have been the same for the settle time, nobody is
// known to be writing to it, and every manifest of its folder has settled and is read: one of them may be
// about it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/time.h"
#include "receiver/folder/folder_scan.h"
#include "receiver/folder/folder_watch.h"
#include "receiver/trust/manifest_file.h"

namespace edu::receiver {

// Something in the folder that is not taken, and why as a text for people (refusal.receiver.waiting_…, or
// what is wrong with a manifest).
struct Waiting {
  std::string name;  // below the folder; UTF-8, one line
  Refusal why;
};

struct Candidate {
  fs::path path;
  FileSignature signature;  // as it lay there
  std::optional<Description> description;
};

class Inbox {
 public:
  Inbox(fs::path root, milliseconds settle) : root_(std::move(root)), settle_(settle) {}

  void report(const FolderWatch::Report& report);
  void look(const FolderScan& scan, milliseconds now);

  std::vector<fs::path> manifests_to_read() const;
  void read(ManifestFile manifest);

  // The first files that may be taken, by name; of one manifest's parts one at a time.
  std::vector<Candidate> ready(std::size_t most) const;
  void begin(const Candidate& candidate);
  // The file is dealt with: if it is still there it is left alone until it changes.
  void finish(const fs::path& path);
  // It could not be dealt with: not before some seconds have gone, twice as long after each time, at most
  // five minutes, and half a minute where `why` says that the station itself was at fault, as by a full disk.
  void postpone(const fs::path& path, milliseconds now, std::optional<Refusal> why = std::nullopt);
  // The size of the smallest that waits for room on the disk alone.
  std::optional<std::uint64_t> wants_room() const;
  void room_for(std::uint64_t bytes);  // there is so much now: those are due
  // It turned out to be open or changed: it has to settle again.
  void touch(const fs::path& path, milliseconds now);

  std::optional<milliseconds> next_due() const;  // when the next look may find something settled
  std::vector<Waiting> waiting() const;

 private:
  struct Entry {
    FileSignature signature;
    milliseconds since{};                  // unchanged since then
    milliseconds not_before{};             // after a failure
    milliseconds delay{};                  // of the last failure
    std::optional<Refusal> why;            // of the last failure
    bool finished = false;                 // dealt with
    bool left = false;                     // and seen to lie there all the same
    std::optional<FileSignature> taken;    // while underway: what is being received
    std::optional<fs::path> by_manifest;   // while underway
    std::optional<ManifestFile> manifest;  // of a manifest's entry, once it is read
    bool rewritten = false;  // of a manifest's entry: by ourselves, so that it need not settle again

    bool waits_for_room() const { return !underway() && why && why->kind == Refusal::Kind::no_space; }
    bool underway() const { return taken.has_value(); }
    void change(const FileSignature& now_signature, milliseconds now);
  };
  using Entries = std::map<fs::path, Entry>;

  void merge(Entries& entries, const std::vector<Found>& found, milliseconds now);
  milliseconds due(const fs::path& path, const Entry& entry) const;
  bool settled(const fs::path& path, const Entry& entry) const { return due(path, entry) <= looked_; }
  std::set<fs::path> folders_with_unread_manifests() const;
  bool describes_something_here(const ManifestFile& manifest) const;
  std::optional<Description> description_of(const fs::path& media) const;
  Waiting why_waiting(const ManifestFile& manifest) const;
  Entry* find(const fs::path& path);
  std::string shown(const fs::path& path) const;

  fs::path root_;
  milliseconds settle_;
  Entries media_, manifests_;
  std::set<fs::path> writing_;
  std::vector<fs::path> unfinished_;
  std::set<fs::path> fetched_;  // by a program that keeps its notes in one of `unfinished_`
  milliseconds looked_{};       // the last time: what is settled was seen unchanged then
};

}  // namespace edu::receiver
