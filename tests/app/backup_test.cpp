#include "app/backup.h"

#include <map>

#include <gmock/gmock.h>

#include "app/data_folder.h"
#include "base/database_copy.h"
#include "library/courses.h"
#include "logs/books/books.h"
#include "logs/journal/journal.h"
#include "logs/journal/ledger.h"
#include "tests/support/faulty_files.h"
#include "tests/support/file_content.h"
#include "tests/support/temp_folder.h"

namespace edu::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr WallTime kNow{milliseconds(1'795'345'800'000)};

// A station's data folder on a disk, and a stick.
class Backup : public testing::Test {
 protected:
  Backup() {
    fs::create_directory(places_.data);
    auto database = open_database(places_.data / "station.db");
    logs::prepare(*database, logs::all_projections());
    library::create_tables(*database);
    add_course(1, "果树冬季修剪");
    add_course(2, "农村土地承包法");
    test::write_file(places_.settings, "[station]\nname = \"河西村\"\n");
    test::write_file(places_.data / "sources.toml", "# none\n");
    test::write_file(places_.data / "emergency.log", std::string(1 << 20, 'x'));
  }

  void add_course(std::int64_t no, const std::string& title) {
    const auto digest = test::hex_of(title);
    const auto object = object_of(places_.data, title);
    fs::create_directories(object.parent_path());
    test::write_file(object, title);
    const auto database = open_database(places_.data / "station.db");
    library::Courseware course;
    course.no = no, course.title = title, course.sha256 = digest;
    course.size = static_cast<std::int64_t>(title.size());
    library::insert(*database, course);
    add_record();
  }
  void add_record() {
    const auto database = open_database(places_.data / "station.db");
    logs::journal::append(*database, {kNow, milliseconds(1), ClockTrust::synced}, "boot",
                          {"test.happened", "auto", {}});
  }
  static fs::path object_of(const fs::path& folder, const std::string& title) {
    const auto digest = test::hex_of(title);
    return folder / "objects" / digest.substr(0, 2) / digest;
  }
  static std::int64_t records_in(const fs::path& folder) {
    const auto database = open_copy(folder / "station.db");
    const auto verdict = logs::journal::verify(*database, logs::all_projections());
    return verdict.good() ? verdict.checked : -1;
  }
  Result<BackupReport> make() { return make_backup(files_, places_, kNow); }
  BackupPlaces elsewhere() const {
    return {.data = folder_ / "new", .settings = folder_ / "etc" / "new.toml", .backup = places_.backup};
  }

  test::TempFolder folder_;
  BackupPlaces places_{
      .data = folder_ / "data", .settings = folder_ / "station.toml", .backup = folder_ / "stick" / "backup"};
  Files files_;
};

TEST_F(Backup, HoldsRecordsLibrarySourcesAndSettings) {
  const auto report = make();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->courses, 2);
  EXPECT_THAT(report->damaged, IsEmpty());
  EXPECT_EQ(records_in(places_.backup), 2);
  EXPECT_EQ(test::content_of(object_of(places_.backup, "果树冬季修剪")), "果树冬季修剪");
  EXPECT_EQ(test::content_of(places_.backup / "station.toml"), test::content_of(places_.settings));
  EXPECT_TRUE(fs::exists(places_.backup / "sources.toml"));
  EXPECT_EQ(fs::file_size(places_.backup / "emergency.log"), 1u << 20) << "records that wait for a good disk";
}

TEST_F(Backup, MadeAgainCopiesOnlyWhatIsNew) {
  ASSERT_TRUE(make());
  add_course(3, "高血压的预防");
  const auto again = make();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->copied, 1);
  EXPECT_EQ(again->courses, 3);
  EXPECT_EQ(records_in(places_.backup), 3);
}

TEST_F(Backup, OfAStationAtWorkIsOneStateOfIt) {
  const auto working = open_database(places_.data / "station.db");
  working->exec("BEGIN IMMEDIATE; DELETE FROM courseware");  // never committed
  ASSERT_TRUE(make());
  EXPECT_EQ(records_in(places_.backup), 2);
}

TEST_F(Backup, NamesACourseWhoseFileIsDamaged) {
  test::write_file(object_of(places_.data, "农村土地承包法"), "农村土地承包去");
  const auto report = make();
  ASSERT_TRUE(report);
  EXPECT_THAT(report->damaged, ElementsAre("KJ000002 农村土地承包法"));
  EXPECT_EQ(report->courses, 1);
  EXPECT_FALSE(fs::exists(object_of(places_.backup, "农村土地承包法")));
}

TEST_F(Backup, OfADamagedJournalKeepsTheOneBefore) {
  ASSERT_TRUE(make());
  open_database(places_.data / "station.db")
      ->exec("DROP TRIGGER journal_keeps; UPDATE journal SET hash=zeroblob(32) WHERE seq=1");
  const auto report = make();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->journal.bad_seq, 1);
  EXPECT_EQ(records_in(places_.backup), -1);
  fs::rename(places_.backup / "station.db.previous", places_.backup / "station.db");
  EXPECT_EQ(records_in(places_.backup), 2);
}

TEST_F(Backup, IsRefusedWhereItCannotStand) {
  auto inside = places_;
  inside.backup = places_.data / "copy";
  EXPECT_EQ(make_backup(files_, inside, kNow).error().code, "backup.inside");
  auto nothing = places_;
  nothing.data = folder_ / "empty";
  EXPECT_EQ(make_backup(files_, nothing, kNow).error().code, "backup.no_station");
  test::FaultyFiles full;
  full.pretend({.total = 100, .available = 1});
  EXPECT_EQ(make_backup(full, places_, kNow).error().code, "backup.no_space");
}

TEST_F(Backup, TakesTheStationsPlaceOnAnotherMachine) {
  ASSERT_TRUE(make());
  const auto report = restore_backup(files_, elsewhere());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->made, kNow);
  EXPECT_EQ(records_in(elsewhere().data), 2);
  EXPECT_EQ(test::content_of(object_of(elsewhere().data, "果树冬季修剪")), "果树冬季修剪");
  EXPECT_EQ(test::content_of(elsewhere().settings), test::content_of(places_.settings));
  EXPECT_EQ(fs::file_size(elsewhere().data / "emergency.log"), 1u << 20);
}

TEST_F(Backup, LeavesWhatItReplacesBeside) {
  ASSERT_TRUE(make());
  add_record();
  test::write_file(places_.settings, "# another\n");
  test::write_file(places_.data / "emergency.log", "of the other database");
  ASSERT_TRUE(restore_backup(files_, places_));
  EXPECT_EQ(records_in(places_.data), 2);
  EXPECT_EQ(test::content_of(places_.settings), "# another\n");
  EXPECT_THAT(test::content_of(places_.settings.string() + ".restored"), testing::HasSubstr("河西村"));
  EXPECT_EQ(fs::file_size(places_.data / "emergency.log"), 1u << 20);
  EXPECT_EQ(test::content_of(places_.data / "emergency.log.replaced"), "of the other database");
  fs::rename(places_.data / "station.db.replaced", places_.data / "station.db");
  EXPECT_EQ(records_in(places_.data), 3);
}

TEST_F(Backup, IsNotRestoredUnderARunningDaemonNorFromAnEmptyFolder) {
  EXPECT_EQ(restore_backup(files_, places_).error().code, "backup.none");
  ASSERT_TRUE(make());
  const DataFolder daemon(files_, places_.data);
  EXPECT_THROW(restore_backup(files_, places_), std::runtime_error);
}

// Whichever operation fails: the backup that was there is as good as before, or the new one is whole.
TEST_F(Backup, ThatFailsAnywhereLeavesABackupThatCanBeRestored) {
  ASSERT_TRUE(make());
  add_course(3, "高血压的预防");
  for (unsigned n = 0;; ++n) {
    test::FaultyFiles faulty(n);
    try {
      ASSERT_TRUE(make_backup(faulty, places_, kNow));
    } catch (const std::system_error&) {
    }
    const auto records = records_in(places_.backup);
    EXPECT_TRUE(records == 2 || records == 3) << n;
    auto fresh = elsewhere();
    fresh.data = folder_ / ("new" + std::to_string(n));
    const auto restored = restore_backup(files_, fresh);
    ASSERT_TRUE(restored) << n;
    EXPECT_THAT(restored->damaged, SizeIs(0)) << n;
    if (!faulty.failed()) break;
  }
}

TEST_F(Backup, WhoseRestorationFailsAnywhereLeavesAStation) {
  ASSERT_TRUE(make());
  add_record();
  for (unsigned n = 0;; ++n) {
    test::FaultyFiles faulty(n);
    try {
      ASSERT_TRUE(restore_backup(faulty, places_));
    } catch (const std::system_error&) {
    }
    const auto records = records_in(places_.data);
    EXPECT_TRUE(records == 2 || records == 3) << n;
    if (!faulty.failed()) break;
  }
  EXPECT_EQ(records_in(places_.data), 2);
}

}  // namespace
}  // namespace edu::app
