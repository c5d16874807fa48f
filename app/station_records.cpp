// What the station as a whole says in the journal: that it starts and ends, and a person's word for its
// clock.
#include <algorithm>

#include "app/station.h"
#include "base/diagnostics.h"
#include "base/retry.h"
#include "base/sql.h"

namespace edu::app {
namespace {

// What a person said counts after the next start too, also before the heartbeat keeps it.
void keep_floor(Database& database, WallTime floor) {
  sql::exec(database, "UPDATE heartbeat SET floor_ms=?", to_ms(floor));
}

}  // namespace

// A disk that takes nothing does not keep the station from starting: the record comes when it does.
awaitable<void> Station::begin_boot() {
  const auto failure = co_await failure_of(write_boot());
  if (!failure) co_return folder_.hold_room();
  spdlog::error("the journal takes nothing: {}; the station starts all the same", *failure);
  tasks_.start("journal", write_boot_later());
}

awaitable<void> Station::write_boot_later() {
  Retry retry(clock_, "journal", BackOff{milliseconds(2000), milliseconds(30'000)});
  bool written = false;
  while (!written) written = co_await retry.attempt(write_boot());
}

awaitable<void> Station::write_boot() {
  auto boot = [found = found_](logs::Transaction& t) {
    return t.append("auto", logs::BootStarted{found.seq, to_hex(found.hash), EDU_VERSION});
  };
  co_await ledger_.write(boot);
}

awaitable<void> Station::end_boot() {
  const auto untold = co_await failure_of(intake_.tell_counted());
  if (untold) spdlog::error("refusals that are only counted are told at the next start: {}", *untold);
  auto unit = [reason = stop_reason_](logs::Transaction& t) {
    return t.append("auto", logs::DaemonStopped{reason});
  };
  co_await ledger_.write(unit);
}

// Who sets the clock back while no time service holds it corrects it: what was believed before was too late.
void Station::take_clock(const logs::Record& record) {
  const auto fields = record.fields();
  if (get_string(fields, "kind") != logs::ClockSet::kKind || clock_.trust() == ClockTrust::synced) return;
  floor_.set(std::min(floor_.floor(), clock_.now()));
}

awaitable<Result<void>> Station::confirm_clock(std::string actor) {
  const auto now = clock_.now();
  if (now < SystemClock::first_release()) co_return refuse("clock.impossible", {{"now", zone_.iso8601(now)}});
  auto unit = [actor, now](logs::Transaction& t) {
    keep_floor(t.db, now);
    return t.append(actor, logs::ClockConfirmed{to_ms(now)});
  };
  co_await ledger_.write(std::move(unit));
  floor_.set(now);
  co_return Result<void>();
}

awaitable<void> Station::set_clock_floor(WallTime floor, std::string actor) {
  auto unit = [actor, floor](logs::Transaction& t) {
    keep_floor(t.db, floor);
    return t.append(actor, logs::ClockFloorSet{to_ms(floor)});
  };
  co_await ledger_.write(std::move(unit));
  floor_.set(floor);
}

}  // namespace edu::app
