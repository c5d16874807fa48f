// Which files were taken, so that one that comes back after a power cut, because its removal was not on the
// disk yet, is known and not recorded a second time. Rows of the newest arrivals (table arrival_taken), each
// written in the same unit of work as its record.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/database.h"
#include "base/files.h"
#include "logs/journal/events.h"

namespace edu::receiver {

// A file as the file system knows it: what stays the same when its newest bytes are lost.
struct Identity {
  std::string path;  // any bytes
  std::int64_t inode = 0;
  std::int64_t born_ns = 0;  // 0: this file system does not tell
  std::int64_t modified_ns = 0;
  std::int64_t size = 0;
};

// nullopt when nothing is there, or it cannot be looked at. Blocking.
std::optional<Identity> identity_of(const fs::path& path) noexcept;

struct Taken {
  Identity identity;
  logs::ReceptionRecorded
      record;  // no, started_ms, ended_ms, outcome, sha256, title, courseware_no, quarantine
};
using TakenByPath = std::map<std::string, Taken>;

// The row for a record that is written in the same unit of work; keeps the newest 2,000.
void remember(Database& database, const Identity& identity, const logs::ReceptionRecorded& record);
// What the last run took; makes the table.
TakenByPath taken_before(Database& database);

// Is this the very file of that row?
bool is_same(const Taken& taken, const Identity& now);

}  // namespace edu::receiver
