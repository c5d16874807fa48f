// A station's database in a folder of its own, with the ledger and a roster of five people.
#pragma once

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/sql.h"
#include "calendar/zone.h"
#include "logs/journal/ledger.h"
#include "logs/study/sessions.h"
#include "people/roster.h"
#include "people/roster_csv.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run.h"
#include "tests/support/temp_folder.h"

namespace edu::logs {

inline const Zone kShanghai("Asia/Shanghai");

inline WallTime at(const char* local) { return kShanghai.to_utc(parse_local_time(local).value()); }

class LedgerFixture : public testing::Test {
 protected:
  LedgerFixture() {
    auto database = open_database(file_);
    prepare(*database);
    people::create_tables(*database);
    people::RosterFile roster;
    for (const auto* number : {"001", "002", "003", "004", "005"}) {
      people::RosterEntry entry;
      entry.number = number;
      entry.name = std::string("学员") + number;
      entry.group = std::string(number) < "004" ? "一组" : "二组";
      entry.category = std::string(number) == "005" ? people::Category::villager : people::Category::member;
      roster.entries.push_back(entry);
    }
    people::import(*database, roster, kShanghai.date_of(clock_.now()));
    writer_ = std::make_unique<Writer>(std::move(database));
    ledger_ = std::make_unique<Ledger>(*writer_, clock_, "boot0");
    sessions_ =
        std::make_unique<Sessions>(*ledger_, clock_, kShanghai, CountingRule{{"member", "cadre"}, 1, 0});
  }

  template <class T>
  std::int64_t append(const T& event) {
    auto unit = [event](Transaction& t) { return t.append("auto", event); };
    return test::run(loop_, ledger_->write(unit));
  }
  std::unique_ptr<Database> reader() { return open_read_only(file_); }

  // A session of both groups at 19:30 for an hour, as the scheduler opens it.
  std::int64_t open_session() {
    SessionPlan plan{1,
                     "2026-11-22T19:30:00",
                     "果树修剪",
                     "李老师",
                     "王书记",
                     "活动室",
                     {},
                     at("2026-11-22 19:30:00"),
                     at("2026-11-22 20:30:00")};
    return test::run(loop_, sessions_->open(plan));
  }
  // Courseware 1 plays from the start of its session for `seconds_` seconds.
  void play(std::int64_t session, std::int64_t seconds_, const std::string& reason = "completed") {
    const auto start = to_ms(at("2026-11-22 19:30:00"));
    append(PlaybackStarted{1, 1, "2026-11-22T19:30:00", 0, 1, "果树修剪", "group", session, start, start + 3,
                           start + 5, 60'000});
    append(PlaybackEnded{
        1, start + seconds_ * 1000, reason, 0, {{start, 0, seconds_ * 1000}}, "null/null", "auto"});
  }
  SignInReport sign_in(std::int64_t session, std::vector<std::string> members) {
    return test::run(loop_, sessions_->sign_in(session, members, "roll-call", "operator")).value();
  }
  void close(std::int64_t session) {
    test::run(loop_, sessions_->close(session, at("2026-11-22 20:30:00"), "ended"));
  }

  test::TempFolder folder_;
  fs::path file_ = folder_ / "station.db";
  asio::io_context loop_;
  test::ManualClock clock_{at("2026-11-22 19:10:00")};
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Sessions> sessions_;
};

}  // namespace edu::logs
