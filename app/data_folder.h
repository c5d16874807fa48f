// The data folder: made where it lacks, and held by one daemon at a time.
#pragma once

#include "base/fd.h"
#include "base/files.h"

namespace edu::app {

class DataFolder {
 public:
  // Makes the folder and takes its lock. Throws std::runtime_error when another daemon holds it, naming that
  // one's process, and std::system_error when it cannot be made or written.
  DataFolder(Files& files, fs::path folder);

  const fs::path& path() const { return path_; }
  fs::path database() const { return path_ / "station.db"; }
  fs::path socket() const { return path_ / "api.sock"; }
  fs::path inbox() const { return path_ / "inbox"; }

  // A file that takes room for nothing else: a start on a full disk gives it up, so that the database can be
  // opened. Held where there is plenty; neither throws.
  void hold_room();
  bool give_room();  // there was some

 private:
  Files& files_;
  fs::path path_;
  Fd lock_;  // of `lock`; the kernel gives it back however the daemon ends
};

}  // namespace edu::app
