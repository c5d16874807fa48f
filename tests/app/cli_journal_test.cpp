#include <filesystem>

#include <gmock/gmock.h>

#include "base/database.h"
#include "cli_bench.h"
#include "logs/books/books.h"
#include "logs/journal/journal.h"
#include "logs/journal/ledger.h"

namespace edu::app {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class JournalCommands : public testing::Test {
 protected:
  test::Outcome run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--lang", "en"});
    return test::run_cli(std::move(arguments));
  }
  // A data folder as it lies on a stick: three records.
  void make_folder() {
    const auto database = open_database(folder_ / "station.db");
    logs::prepare(*database, logs::all_projections());
    for (int i = 0; i < 3; ++i) {
      logs::Event event{"test.happened", "auto", {}, 1};
      event.payload["number"] = i;
      logs::journal::append(*database, {from_ms(1), milliseconds(1), ClockTrust::synced}, "boot", event);
    }
  }
  test::TempFolder folder_;
};

TEST_F(JournalCommands, VerifyACopiedFolderWithoutADaemon) {
  make_folder();
  const auto outcome = run({"journal", "verify", folder_.path()});
  EXPECT_EQ(outcome.exit, Exit::done) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("3"));
}

TEST_F(JournalCommands, NameTheFirstBadRecord) {
  make_folder();
  {
    Database database((folder_ / "station.db").string(), SQLite::OPEN_READWRITE);
    database.exec("DROP TRIGGER journal_keeps");
    database.exec("UPDATE journal SET body = replace(body, '\"number\":1', '\"number\":7') WHERE seq = 2");
  }
  const auto outcome = run({"journal", "verify", folder_.path()});
  EXPECT_EQ(outcome.exit, Exit::refused);
  EXPECT_THAT(outcome.out, HasSubstr("Record 2"));
  const auto json = run({"--json", "journal", "verify", folder_.path()});
  EXPECT_EQ(json.exit, Exit::refused);
  EXPECT_EQ(json::parse(json.out).at("bad_seq"), 2);
}

TEST_F(JournalCommands, SayThatAFolderHoldsNoStation) {
  const auto outcome = run({"journal", "verify", folder_.path()});
  EXPECT_EQ(outcome.exit, Exit::refused);
  EXPECT_THAT(outcome.err, HasSubstr("station.db"));
}

TEST_F(JournalCommands, SayThatAFileIsNoDatabase) {
  {
    Fd made(Files().create(folder_ / "station.db"));
    ASSERT_EQ(::write(made.get(), "not a database at all", 21), 21);
  }
  const auto outcome = run({"journal", "verify", folder_.path()});
  EXPECT_EQ(outcome.exit, Exit::refused);
  EXPECT_THAT(outcome.err, HasSubstr("station.db"));
}

TEST_F(JournalCommands, AskTheRunningStationWithoutAFolder) {
  test::FakeStation station;
  web::Response good, bad;
  good.content_type = bad.content_type = "application/json";
  good.body = R"({"good":true,"text":"all is well"})";
  bad.body = R"({"good":false,"bad_seq":2,"text":"record 2"})";
  station.answer("POST /api/v1/journal/verify", good);
  const auto fine = run({"--station", station.folder(), "journal", "verify"});
  EXPECT_EQ(fine.exit, Exit::done);
  EXPECT_EQ(fine.out, "all is well\n");
  station.answer("POST /api/v1/journal/verify", bad);
  EXPECT_EQ(run({"--station", station.folder(), "journal", "verify"}).exit, Exit::refused);
}

// Says what it is given, piece by piece, and ends.
class Pieces final : public web::Stream {
 public:
  explicit Pieces(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}
  awaitable<std::string> next() override {
    if (place_ == pieces_.size()) co_return std::string();
    co_return pieces_[place_++];
  }

 private:
  std::vector<std::string> pieces_;
  std::size_t place_ = 0;
};

TEST_F(JournalCommands, FollowTheJournalInTheStationsTime) {
  test::FakeStation station;
  station.answer("GET /api/v1/status",
                 R"({"station":{"time_zone":"Asia/Shanghai"},"journal":{"records":30}})");
  web::Response events;
  events.content_type = "text/event-stream";
  events.stream = std::make_shared<Pieces>(
      std::vector<std::string>{"retry: 3000\n\n:\n\nid: 28\nevent: clock.set\nda",
                               "ta: "
                               "{\"actor\":\"auto\",\"at\":0,\"kind\":\"clock.set\",\"payload\":{\"trust\":"
                               "\"synced\"},\"seq\":28}\n\n"});
  station.answer("GET /api/v1/events", events);
  const auto outcome = run({"--station", station.folder(), "journal", "tail", "--follow", "-n", "3"});
  EXPECT_EQ(outcome.exit, Exit::done) << outcome.err;
  EXPECT_EQ(outcome.out, "28  1 Jan 1970 08:00:00  clock.set  auto  {\"trust\":\"synced\"}\n");
  EXPECT_EQ(station.last().header("last-event-id"), "27");
}

}  // namespace
}  // namespace edu::app
