#include "base/database_copy.h"

#include <map>

#include <gtest/gtest.h>

#include "base/sql.h"
#include "tests/support/temp_folder.h"

namespace edu {
namespace {

// What lies in a folder, by name and size.
std::map<std::string, std::uintmax_t> files_in(const fs::path& folder) {
  std::map<std::string, std::uintmax_t> found;
  for (const auto& entry : fs::directory_iterator(folder)) found[entry.path().filename()] = entry.file_size();
  return found;
}

std::int64_t lines_in(Database& database) { return sql::number(database, "SELECT count(*) FROM line", -1); }

TEST(DatabaseCopy, IsReadAndNothingIsLeftBeside) {
  test::TempFolder folder;
  open_database(folder / "a.db")->exec("CREATE TABLE line(n INTEGER); INSERT INTO line VALUES(1)");
  const auto before = files_in(folder.path());
  EXPECT_EQ(lines_in(*open_copy(folder / "a.db")), 1);
  EXPECT_EQ(files_in(folder.path()), before);
}

TEST(DatabaseCopy, OfAStationThatWasKilledIsReadWithItsWriteAheadLog) {
  test::TempFolder station, copy;
  const auto open = open_database(station / "a.db");
  open->exec("CREATE TABLE line(n INTEGER); INSERT INTO line VALUES(1)");
  const fs::path odd = copy / "50% #1?.db";  // characters that mean something in an URI
  fs::copy_file(station / "a.db", odd);
  fs::copy_file(station / "a.db-wal", odd.string() + "-wal");
  const auto before = files_in(copy.path());
  EXPECT_EQ(lines_in(*open_copy(odd)), 1);
  EXPECT_EQ(files_in(copy.path()), before);
}

TEST(DatabaseCopy, OfAStationAtWorkIsTheStationAsItIsNow) {
  test::TempFolder folder;
  const auto open = open_database(folder / "a.db");
  open->exec("CREATE TABLE line(n INTEGER); INSERT INTO line VALUES(1)");
  const auto reader = open_copy(folder / "a.db");
  open->exec("INSERT INTO line VALUES(2)");
  EXPECT_EQ(lines_in(*reader), 2);
}

}  // namespace
}  // namespace edu
