// A station's folder comes in, its copy leaves, or the other way round: both are the same copying of files
// that are named by their digest, around a database that was taken whole.
//
// fs calls throw: whoever calls, as the header says (std::system_error)
#include "app/backup.h"

#include <algorithm>
#include <array>
#include <system_error>

#include <SQLiteCpp/Backup.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/data_folder.h"
#include "base/database_copy.h"
#include "base/json.h"
#include "base/sha256.h"
#include "library/courses.h"
#include "logs/books/books.h"
#include "logs/journal/journal.h"

namespace edu::app {
namespace {

constexpr auto kDatabase = "station.db";
constexpr auto kSources = "sources.toml";
constexpr auto kSettings = "station.toml";
constexpr auto kAbout = "backup.json";
constexpr auto kEmergencyLog = "emergency.log";
constexpr std::size_t kLargestText = 4u << 20;  // four times the emergency log, the largest of them
constexpr std::size_t kPiece = 1u << 20;        // bytes copied at once

fs::path object_in(const fs::path& folder, const std::string& sha256) {
  return folder / "objects" / sha256.substr(0, 2) / sha256;
}

std::uint64_t size_of(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return error ? 0 : size;
}

// One course's file on its way.
struct Item {
  const library::Courseware* course;
  fs::path from, to;
};

// Copies under a name of its own first; false: it is not what the library knows. Throws std::system_error.
bool copy_object(Files& files, const Item& item, const std::function<void(std::size_t)>& moved) {
  const Fd in(::open(item.from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!in) return false;
  const fs::path part = item.to.string() + ".part";
  files.make_folder(item.to.parent_path());
  files.remove(part);
  Sha256 hash;
  {
    const auto out = files.create(part);
    std::vector<std::uint8_t> piece(kPiece);
    for (;;) {
      const auto got = ::read(in.get(), piece.data(), piece.size());
      if (got < 0) throw std::system_error(errno, std::generic_category(), item.from.string());
      if (got == 0) break;
      const auto bytes = std::span(piece).first(static_cast<std::size_t>(got));
      hash.update(bytes);
      files.write(out, bytes, part);
      moved(bytes.size());
    }
    files.sync(out, part);
  }
  if (to_hex(hash.finish()) != item.course->sha256) {
    files.remove(part);
    return false;
  }
  files.rename(part, item.to);
  files.sync_folder(item.to.parent_path());
  return true;
}

void copy_text(Files& files, const fs::path& from, const fs::path& to) {
  publish(files, to, read_file(from, kLargestText));
}

// Copies what `to` lacks of the courses' files, and counts.
Result<void> copy_objects(Files& files, const std::vector<library::Courseware>& courses, const fs::path& from,
                          const fs::path& to, const BackupProgress& progress, BackupReport& report) {
  std::vector<Item> lacking;
  std::uint64_t all = 0, done = 0;
  for (const auto& course : courses) {
    Item item{&course, object_in(from, course.sha256), object_in(to, course.sha256)};
    ++report.courses;
    if (fs::exists(fs::symlink_status(item.to)) &&
        size_of(item.to) == static_cast<std::uint64_t>(course.size))
      continue;
    all += static_cast<std::uint64_t>(course.size);
    lacking.push_back(std::move(item));
  }
  const auto space = files.space(to);
  if (all > space.available)
    return refuse("backup.no_space",
                  {{"needed", library::size_text(all)}, {"available", library::size_text(space.available)}});
  const auto moved = [&](std::size_t bytes) {
    done += bytes;
    if (progress) progress(done, all);
  };
  for (const auto& item : lacking) {
    if (!copy_object(files, item, moved)) {
      report.damaged.push_back(library::courseware_label(item.course->no) + " " + item.course->title);
      --report.courses;
      continue;
    }
    ++report.copied;
    report.copied_bytes += static_cast<std::uint64_t>(item.course->size);
    const fs::path poster = item.from.string() + ".jpg";
    if (item.course->poster && fs::exists(poster))
      publish(files, item.to.string() + ".jpg", read_file(poster, kLargestText));
  }
  return {};
}

// Checks the journal of the database at `file`, and answers the courses that it names.
std::vector<library::Courseware> look_into(const fs::path& file, BackupReport& report) {
  const auto database = open_copy(file);
  report.journal = logs::journal::verify(*database, logs::all_projections());
  report.head = to_hex(logs::journal::head(*database).hash);
  return library::list(*database);
}

// SQLite's own copy of a database that others may be writing: one state of it, whole.
void copy_database(Files& files, const fs::path& from, const fs::path& to) {
  files.remove(to);
  {
    const auto source = open_copy(from);
    Database copy(to.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    SQLite::Backup(copy, *source).executeStep();
  }
  const auto written = files.open_existing(to);
  files.sync(written, to);
}

// Takes `fresh` for the database of `folder`; the one that was there is called `kept` from now on, with what
// its -wal file holds. Stopped at any point, the folder has the old one or the new one, whole.
void exchange_database(Files& files, const fs::path& fresh, const fs::path& folder, const char* kept) {
  const auto current = folder / kDatabase;
  const fs::path wal = current.string() + "-wal";
  if (fs::exists(current) && kept) {
    try {
      open_database(current)->exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (const SQLite::Exception&) {  // a damaged one, perhaps the reason for all this; kept as it is
    }
    files.remove(folder / kept);
    files.link(current, folder / kept);
    if (fs::exists(wal)) files.rename(wal, folder / (std::string(kept) + "-wal"));
  }
  files.remove(current.string() + "-shm");
  files.rename(fresh, current);
  files.sync_folder(folder);
}

bool lies_in(const fs::path& inner, const fs::path& outer) {
  const auto in = fs::weakly_canonical(inner), out = fs::weakly_canonical(outer);
  return std::ranges::mismatch(out, in).in1 == out.end();
}

// Lines of the as-run record that the database did not take. Before it is copied: what it takes meanwhile is
// in both, and is entered once.
void keep_emergency_log(Files& files, const BackupPlaces& places) {
  const auto log = places.data / kEmergencyLog;
  if (fs::exists(log)) copy_text(files, log, places.backup / kEmergencyLog);
}

// That of the station which is replaced belongs to its database.
void restore_emergency_log(Files& files, const BackupPlaces& places) {
  const auto log = places.data / kEmergencyLog;
  if (fs::exists(log)) files.rename(log, places.data / "emergency.log.replaced");
  if (fs::exists(places.backup / kEmergencyLog)) copy_text(files, places.backup / kEmergencyLog, log);
}

// Somebody who restores as root does so for the account that the station runs under.
void give_to_owner_of(const fs::path& folder) {
  struct stat owner {};
  if (::geteuid() != 0 || ::stat(folder.c_str(), &owner) != 0 || owner.st_uid == 0) return;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (::lchown(entry.path().c_str(), owner.st_uid, owner.st_gid) != 0)
      throw std::system_error(errno, std::generic_category(), entry.path().string());
}

void restore_settings(Files& files, const BackupPlaces& places) {
  const auto kept = places.backup / kSettings;
  if (!fs::exists(kept) || places.settings.empty()) return;
  files.make_folder(places.settings.parent_path());
  const bool free = !fs::exists(places.settings);
  copy_text(files, kept, free ? places.settings : fs::path(places.settings.string() + ".restored"));
}

}  // namespace

Result<BackupReport> make_backup(Files& files, const BackupPlaces& places, WallTime now,
                                 const BackupProgress& progress) {
  if (!fs::exists(places.data / kDatabase))
    return refuse("backup.no_station", {{"folder", places.data.string()}});
  if (lies_in(places.backup, places.data)) return refuse("backup.inside", {{"folder", places.data.string()}});
  BackupReport report;
  report.made = now;
  files.make_folder(places.backup);
  const auto fresh = places.backup / "station.db.part";
  keep_emergency_log(files, places);
  copy_database(files, places.data / kDatabase, fresh);
  const auto courses = look_into(fresh, report);
  if (auto copied = copy_objects(files, courses, places.data, places.backup, progress, report); !copied)
    return Unexpected(copied.error());
  if (fs::exists(places.data / kSources)) copy_text(files, places.data / kSources, places.backup / kSources);
  report.settings = fs::exists(places.settings);
  if (report.settings) copy_text(files, places.settings, places.backup / kSettings);
  exchange_database(files, fresh, places.backup, report.journal.good() ? nullptr : "station.db.previous");
  const json::object about{{"version", EDU_VERSION},
                           {"made_ms", to_ms(now)},
                           {"records", report.journal.checked},
                           {"head", report.head}};
  publish(files, places.backup / kAbout, json::serialize(about) + "\n");
  return report;
}

Result<BackupReport> restore_backup(Files& files, const BackupPlaces& places,
                                    const BackupProgress& progress) {
  if (!fs::exists(places.backup / kAbout) || !fs::exists(places.backup / kDatabase))
    return refuse("backup.none", {{"folder", places.backup.string()}});
  const auto about = parse_json(read_file(places.backup / kAbout, kLargestText));
  BackupReport report;
  if (about && about->is_object()) report.made = from_ms(get_int(about->get_object(), "made_ms"));
  const auto courses = look_into(places.backup / kDatabase, report);
  const DataFolder held(files, places.data);
  if (auto copied = copy_objects(files, courses, places.backup, places.data, progress, report); !copied)
    return Unexpected(copied.error());
  const auto fresh = places.data / "station.db.part";
  copy_database(files, places.backup / kDatabase, fresh);
  exchange_database(files, fresh, places.data, "station.db.replaced");
  restore_emergency_log(files, places);
  if (fs::exists(places.backup / kSources))
    copy_text(files, places.backup / kSources, places.data / kSources);
  restore_settings(files, places);
  report.settings = fs::exists(places.backup / kSettings);
  give_to_owner_of(places.data);
  return report;
}

}  // namespace edu::app
