#include "app/heartbeat.h"

#include <algorithm>

#include "app/service_notify.h"
#include "base/diagnostics.h"
#include "base/sql.h"
#include "base/storage_trouble.h"

namespace edu::app {
namespace {

constexpr milliseconds kBetweenBeats{10'000};

}  // namespace

Heartbeat::Heartbeat(Clock& clock, Writer& writer, ClockFloor& floor, std::function<void()> healed)
    : clock_(clock), writer_(writer), floor_(floor), healed_(std::move(healed)) {}

void Heartbeat::create_table(Database& database) {
  database.exec(
      "CREATE TABLE IF NOT EXISTS heartbeat(one INTEGER PRIMARY KEY CHECK(one=1), at_ms INTEGER NOT NULL, "
      "floor_ms INTEGER NOT NULL) STRICT");
}

awaitable<void> Heartbeat::run() {
  const auto limit = watchdog_limit();
  const auto period = limit ? std::min(kBetweenBeats, *limit / 3) : kBetweenBeats;
  for (;;) {
    co_await beat();
    co_await clock_.pause(period);
  }
}

awaitable<void> Heartbeat::beat() {
  auto unit = [at = to_ms(clock_.now()), floor = to_ms(floor_.raised())](Database& database) {
    sql::exec(database, "INSERT OR REPLACE INTO heartbeat(one, at_ms, floor_ms) VALUES(1, ?, ?)", at, floor);
    return 0;
  };
  std::exception_ptr failure;
  try {
    co_await writer_.run(std::move(unit));
  } catch (const std::exception&) {
    failure = std::current_exception();
  }
  if (!failure) {
    if (trouble_) spdlog::info("the disk takes writes again");
    if (std::exchange(trouble_, std::nullopt)) healed_();
    co_return feed_watchdog();
  }
  auto trouble = storage_trouble(failure);
  if (!trouble) {
    spdlog::error("the writer does not commit, and not because of the disk");
    co_return;
  }
  if (!trouble_) spdlog::error("{}: {}", trouble->code, trouble->args["what"]);
  trouble_ = std::move(trouble);
  feed_watchdog();
}

}  // namespace edu::app
