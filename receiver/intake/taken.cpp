#include "receiver/intake/taken.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/sql.h"

namespace edu::receiver {
namespace {

std::int64_t nanoseconds(const struct statx_timestamp& at) {
  return at.tv_sec * std::int64_t{1'000'000'000} + at.tv_nsec;
}

}  // namespace

std::optional<Identity> identity_of(const fs::path& path) noexcept {
  struct statx info {};
  if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME, &info) != 0)
    return std::nullopt;
  const bool born = (info.stx_mask & STATX_BTIME) != 0;
  return Identity{path.string(), static_cast<std::int64_t>(info.stx_ino),
                  born ? nanoseconds(info.stx_btime) : 0, nanoseconds(info.stx_mtime),
                  static_cast<std::int64_t>(info.stx_size)};
}

void remember(Database& database, const Identity& i, const logs::ReceptionRecorded& r) {
  sql::exec(database, "INSERT OR REPLACE INTO arrival_taken VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)", i.path,
            i.inode, i.born_ns, i.modified_ns, i.size, r.no, r.started_ms, r.ended_ms, r.outcome, r.sha256,
            r.title, r.courseware_no, r.quarantine);
  sql::exec(database, "DELETE FROM arrival_taken WHERE no <= ?", r.no - 2000);
}

TakenByPath taken_before(Database& database) {
  database.exec(R"(
    CREATE TABLE IF NOT EXISTS arrival_taken(
      path TEXT PRIMARY KEY, inode INTEGER NOT NULL, born_ns INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
      size INTEGER NOT NULL, no INTEGER NOT NULL, started_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL,
      outcome TEXT NOT NULL, sha256 TEXT NOT NULL, title TEXT NOT NULL, courseware_no INTEGER NOT NULL,
      quarantine TEXT NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS arrival_taken_no ON arrival_taken(no);
  )");
  TakenByPath found;
  auto row = sql::prepare(database, "SELECT * FROM arrival_taken");
  while (row.executeStep()) {
    const auto number = [&](int column) { return row.getColumn(column).getInt64(); };
    const auto text = [&](int column) { return row.getColumn(column).getString(); };
    Taken taken;
    taken.identity = {text(0), number(1), number(2), number(3), number(4)};
    auto& record = taken.record;
    record.no = number(5);
    record.started_ms = number(6);
    record.ended_ms = number(7);
    record.outcome = text(8);
    record.sha256 = text(9);
    record.title = text(10);
    record.courseware_no = number(11);
    record.quarantine = text(12);
    found.emplace(taken.identity.path, std::move(taken));
  }
  return found;
}

bool is_same(const Taken& taken, const Identity& now) {
  const auto& then = taken.identity;
  if (then.inode != now.inode || then.born_ns != now.born_ns) return false;
  if (then.born_ns == 0) return then.modified_ns == now.modified_ns && then.size == now.size;
  // Its newest bytes may be lost; that somebody wrote to it after it was recorded makes it another one.
  return now.modified_ns <= std::max(then.modified_ns, taken.record.ended_ms * 1'000'000);
}

}  // namespace edu::receiver
