// One look at a volume (a USB stick, a data disc) or a folder that a person names: what of it is courseware.
// Of files that nobody calls media the first bytes are read; no link is followed, no other file system
// entered, nothing is changed. Blocking: on a worker.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "config/settings.h"
#include "receiver/trust/manifest_file.h"

namespace edu::receiver {

struct VolumeFile {
  fs::path path;
  std::optional<Description> description;
};

// How many files were passed over, by reason: "picture", "document", "program", "text", "empty" (by what is
// in them), "unfinished" (downloads), "written" (somebody has it open), "unreadable" (a file that nobody
// calls media or a folder, which this process may not read), "other" (no media by the probe's word).
using Passed = std::map<std::string, std::int64_t>;

struct VolumeScan {
  std::vector<VolumeFile> files;  // by path: what a manifest describes, and what is called like media
  std::vector<fs::path> unsure;   // by path: what may be media all the same, so that the probe has to look
  Passed passed;                  // what is none
  std::vector<fs::path> discs;    // DVD-Video: images, and folders that hold VIDEO_TS
  bool complete = true;           // false: there is more than the settings allow to take
};

// Throws std::system_error when the folder itself cannot be read; one below that cannot is skipped.
VolumeScan scan_volume(const fs::path& root, const config::Volumes& settings);

// ".mp4", ".MPG" …: what people call files of media. That a file is called so proves nothing; the probe does.
bool is_called_media(std::string_view file_name);

// A regular file or block device with an ISO 9660 descriptor. Throws nothing; what cannot be read is none.
bool is_disc_image(const fs::path& path);
// Holds VIDEO_TS with VIDEO_TS.IFO, or is that folder; in any case of letters.
bool is_video_folder(const fs::path& folder);
// Of such a folder, VIDEO_TS itself.
fs::path video_folder_of(const fs::path& folder);
// Is it VIDEO_TS itself, and may every account of this machine read all that lies in it?
bool is_video_folder_for_all(const fs::path& folder);

}  // namespace edu::receiver
