// Where a whole file lies until it is recorded: <ready>/<session>/<folder>/<key>/<sha256>/<name>. An object
// has a folder of its own, so that equal files and equal names do not meet; a start after a power cut reads
// from the path what the file is. Where the sender called it otherwise, <key>/location says how.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/sha256.h"
#include "receiver/multicast/partial_file.h"

namespace edu::multicast {

struct ReadyFile {
  std::string session, folder;  // as of Ended
  ObjectKey key{};
  Digest digest{};
  std::string name;  // safe
  bool operator==(const ReadyFile&) const = default;
};

fs::path path_of(const fs::path& ready, const ReadyFile& file);
// Nothing: no path that path_of() gives.
std::optional<ReadyFile> read_path(const fs::path& ready, const fs::path& file);
// The folder of the object that this file is: everything that lies here because of it.
fs::path object_folder(const fs::path& file);

// What the sender called it (Content-Location, one line of UTF-8), in its object's folder. Throws
// std::system_error.
void write_location(Files& files, const fs::path& file, const std::string& location);
std::string location_of(const fs::path& file);  // empty: not kept, or not to be read

// All whole files below `ready`. Throws std::system_error.
std::vector<ReadyFile> files_in(const fs::path& ready);

}  // namespace edu::multicast
