#include "base/database.h"

#include <thread>

#include <gtest/gtest.h>

#include "base/sql.h"
#include "tests/support/run.h"
#include "tests/support/temp_folder.h"

namespace edu {
namespace {

class WriterTest : public testing::Test {
 protected:
  WriterTest() {
    auto database = open_database(file_);
    database->exec("CREATE TABLE line(n INTEGER PRIMARY KEY)");
    writer_ = std::make_unique<Writer>(std::move(database));
  }
  std::int64_t stored() { return sql::number(*open_read_only(file_), "SELECT count(*) FROM line", -1); }

  test::TempFolder folder_;
  fs::path file_ = folder_ / "a.db";
  asio::io_context loop_;
  std::unique_ptr<Writer> writer_;
};

auto insert(std::int64_t n) {
  return [n](Database& database) { return sql::exec(database, "INSERT INTO line VALUES(?)", n); };
}

TEST_F(WriterTest, AnswersAfterTheCommit) {
  EXPECT_EQ(test::run(loop_, writer_->run(insert(1))), 1);
  EXPECT_EQ(stored(), 1);
}

TEST_F(WriterTest, AnswersOnTheLoopsThread) {
  const auto caller = std::this_thread::get_id();
  auto ask = [](Writer& writer) -> awaitable<std::thread::id> {
    auto unit = [](Database&) { return std::this_thread::get_id(); };
    const auto where = co_await writer.run(unit);
    EXPECT_NE(where, std::this_thread::get_id());
    co_return std::this_thread::get_id();
  };
  EXPECT_EQ(test::run(loop_, ask(*writer_)), caller);
}

TEST_F(WriterTest, AUnitThatThrowsLeavesNoTraceAndHarmsNoOther) {
  auto fails = [](Database& database) -> int {
    sql::exec(database, "INSERT INTO line VALUES(7)");
    throw std::runtime_error("no");
  };
  int done = 0, failed = 0;
  const auto count = [&](std::exception_ptr error, int) { error ? ++failed : ++done; };
  asio::co_spawn(loop_, writer_->run(insert(1)), count);
  asio::co_spawn(loop_, writer_->run(fails), count);
  asio::co_spawn(loop_, writer_->run(insert(2)), count);
  loop_.run();
  EXPECT_EQ(done, 2);
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(stored(), 2);
}

TEST_F(WriterTest, ARefusalRollsItsUnitBack) {
  auto refuses = [](Database& database) -> Result<int> {
    sql::exec(database, "INSERT INTO line VALUES(7)");
    return refuse("busy");
  };
  const auto result = test::run(loop_, writer_->run(refuses));
  EXPECT_EQ(result.error().code, "busy");
  EXPECT_EQ(stored(), 0);
}

TEST_F(WriterTest, GathersManyUnitsInOneCommit) {
  int done = 0;
  const auto count = [&](std::exception_ptr error, int) { done += error ? 0 : 1; };
  for (int i = 0; i < 500; ++i) asio::co_spawn(loop_, writer_->run(insert(i)), count);
  loop_.run();
  EXPECT_EQ(done, 500);
  EXPECT_EQ(stored(), 500);
}

TEST_F(WriterTest, ACommitThatFailsIsToldToEveryUnitOfIt) {
  auto deferred = [](Database& database) {
    database.exec("PRAGMA defer_foreign_keys=ON");
    database.exec("CREATE TABLE child(n INTEGER REFERENCES line(n))");
    return sql::exec(database, "INSERT INTO child VALUES(99)");  // found out only at the commit
  };
  EXPECT_THROW(test::run(loop_, writer_->run(deferred)), SQLite::Exception);
  EXPECT_EQ(test::run(loop_, writer_->run(insert(3))), 1);
  EXPECT_EQ(stored(), 1);
}

TEST_F(WriterTest, FinishesWhatIsQueuedBeforeItGoes) {
  asio::co_spawn(loop_, writer_->run(insert(1)), asio::detached);
  test::settle(loop_);
  writer_.reset();
  EXPECT_EQ(stored(), 1);
}

TEST(Database, ThatIsReadOnlyCannotBeWritten) {
  test::TempFolder folder;
  open_database(folder / "a.db")->exec("CREATE TABLE line(n INTEGER)");
  EXPECT_THROW(open_read_only(folder / "a.db")->exec("INSERT INTO line VALUES(1)"), SQLite::Exception);
}

}  // namespace
}  // namespace edu
