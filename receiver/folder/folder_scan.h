// One look at the watched folder: what lies there, without opening anything. Blocking: on a worker.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "receiver/trust/file_signature.h"

namespace edu::receiver {

inline constexpr int kDeepest = 3;  // levels of sub-folders that are walked
inline constexpr std::size_t kMostFound =
    10'000;  // entries of one look; the rest is seen once these are gone

struct Found {
  fs::path path;
  FileSignature signature;
};

struct FolderScan {
  std::vector<Found>
      media;  // whatever is no folder and not ignored: files, and links and FIFOs to be refused
  std::vector<Found> manifests;      // by name
  std::vector<fs::path> unfinished;  // downloads that go on, by the name that their program gave them
  std::vector<fs::path> folders;     // the folder itself and those below it that were walked
  bool complete = true;              // false: there is more than the bounds allow to look at
};

// Hidden files, and what systems and offices leave everywhere: Thumbs.db, desktop.ini, ~$report.docx …
bool is_ignored(std::string_view name);
// The name of a file (or folder) that a program is still fetching, or keeps beside one: film.mp4.part,
// .crdownload, .xltd, .baiduyun.p.downloading, .aria2 …
bool is_unfinished(std::string_view name);
// Of such a name, that of the file which it will be, or beside which it lies.
std::string_view finished_name(std::string_view name);

// Throws std::system_error when the folder itself cannot be read; a sub-folder that cannot is skipped.
FolderScan scan_folder(const fs::path& root);

}  // namespace edu::receiver
