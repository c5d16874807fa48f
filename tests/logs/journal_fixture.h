// A station's database in a folder of its own, with a ledger over the projections that a test gives.
#pragma once

#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/sql.h"
#include "logs/journal/ledger.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run.h"
#include "tests/support/temp_folder.h"

namespace edu::logs {

class JournalFixture : public testing::Test {
 protected:
  // `furnish`: puts what else a test needs into the database, before the writer has it.
  explicit JournalFixture(Projections projections, const std::function<void(Database&)>& furnish = {})
      : projections_(std::move(projections)) {
    auto database = open_database(file_);
    prepare(*database, projections_);
    if (furnish) furnish(*database);
    writer_ = std::make_unique<Writer>(std::move(database));
    ledger_ = std::make_unique<Ledger>(*writer_, clock_, "boot0", projections_);
  }

  template <class T>
  std::int64_t append(const T& event) {
    auto unit = [event](Transaction& t) { return t.append("auto", event); };
    return test::run(loop_, ledger_->write(unit));
  }
  std::unique_ptr<Database> reader() { return open_read_only(file_); }
  // What somebody does who has the file and SQLite, but not us.
  void tamper(const std::string& sql) {
    writer_.reset();
    auto database = open_database(file_);
    database->exec("DROP TRIGGER journal_keeps; DROP TRIGGER journal_stays; " + sql);
  }
  journal::Verdict verdict() { return journal::verify(*reader(), projections_); }

  Projections projections_;
  test::TempFolder folder_;
  fs::path file_ = folder_ / "station.db";
  asio::io_context loop_;
  test::ManualClock clock_{from_ms(1'795'345'800'000)};  // 2026-11-22 19:10 in Shanghai
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace edu::logs
