// The emergency log: a file of a fixed size, written when there was room, that takes the as-run record's
// lines while the disk takes no commits. A full disk does not stop it: its blocks are there.
//
// A line is its length, a digest and JSON (docs/formats.md). Lines are appended and synced; when all of them
// are in the journal the first is wiped. A line that is in the journal already when the power goes before
// that is not entered twice: the unit of work that enters one keeps its place (mark_entered). The file's work
// is done on a worker; calls are the loop's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/asio.h"
#include "base/database.h"
#include "base/files.h"
#include "base/workers.h"

namespace edu::scheduler {

class EmergencyLog {
 public:
  struct Place {
    std::string series;       // of the lines since the log was last empty: a random id; empty: none
    std::int64_t number = 0;  // from 1
    bool is_none() const { return series.empty(); }
  };
  struct Line {
    Place place;
    std::string text;
  };

  // `file` is made by prepare().
  EmergencyLog(Files& files, Workers& workers, fs::path file);

  // The scratch table; idempotent.
  static void create_table(Database& database);
  // Within the unit of work that enters the line.
  static void mark_entered(Database& database, const Place& place);
  static std::int64_t last_entered(Database& database, const std::string& series);

  // Makes the file, or opens the one that is there, and answers what it holds: whole lines alone, up to the
  // first that is not. A failure is logged; without its file the log takes nothing.
  awaitable<std::vector<Line>> prepare();
  // Durable when it returns; nullopt place: the file does not take it (full, or it fails too). Never throws.
  awaitable<Place> append(std::string text);
  // All lines are in the journal.
  awaitable<void> wipe();

  bool holds_lines() const { return next_ > 1 || torn_; }

 private:
  std::vector<Line> open();
  bool write(std::uint64_t offset, const std::string& bytes);

  Files& files_;
  Workers& workers_;
  fs::path file_;
  Fd fd_;
  std::uint64_t end_ = 0;  // of the lines
  std::string series_;
  std::int64_t next_ = 1;
  bool torn_ = false;  // a line that was not taken may stand there all the same
};

}  // namespace edu::scheduler
