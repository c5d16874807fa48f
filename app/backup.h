// A copy of a station that can take its place: the database as it is at one moment, every file of the library
// that it names, the settings and the sources. A backup's folder has the form of a data folder, so that
// `edustation journal verify` reads it; docs/operating.md has the commands.
//
//   station.db, objects/ab/<sha256>[.jpg], sources.toml, emergency.log   as in the data folder
//   station.toml                                          the settings
//   backup.json                                           {"version","made_ms","station","records","head"};
//   written last
//
// Making one works beside a running daemon and disturbs it in nothing. Both functions block for as long as
// copying takes, and throw std::system_error when storage fails; what lay in `to` before stays usable then.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "base/time.h"
#include "logs/journal/journal.h"

namespace edu::app {

struct BackupPlaces {
  fs::path data;      // the station's data folder
  fs::path settings;  // its station.toml; need not be there
  fs::path backup;    // the backup's folder
};

struct BackupReport {
  WallTime made;                   // when the copied state was taken
  logs::journal::Verdict journal;  // of the copied one
  std::string head;                // hash of its newest record, hex
  std::int64_t courses = 0;        // whose files are there
  std::int64_t copied = 0;         // of them, files that were not there yet
  std::uint64_t copied_bytes = 0;
  std::vector<std::string> damaged;  // "KJ000012 …": courses whose file is missing, or not what it was
  bool settings = false;             // they were copied
};

// done and all, in bytes of the files to copy.
using BackupProgress = std::function<void(std::uint64_t, std::uint64_t)>;

// Brings the backup's folder up to the station's state: a file that is there in its size is not copied again.
// A journal that does not verify is copied all the same, and an earlier copy of it stays beside as
// station.db.previous. Refusals: backup.no_station {folder}, backup.inside {folder}, backup.no_space {needed,
// available}.
Result<BackupReport> make_backup(Files& files, const BackupPlaces& places, WallTime now,
                                 const BackupProgress& progress = {});

// Puts a backup into an empty data folder, or in the place of the station that is there, whose database stays
// beside as station.db.replaced. No daemon may use the folder (throws std::runtime_error as DataFolder).
// `settings` is written only where there is none; otherwise station.toml.restored beside it.
// Refusals: backup.none {folder}, backup.no_space.
Result<BackupReport> restore_backup(Files& files, const BackupPlaces& places,
                                    const BackupProgress& progress = {});

}  // namespace edu::app
