#include "app/service_notify.h"

#include <systemd/sd-daemon.h>

#include "base/diagnostics.h"

namespace edu::app {

void tell_ready(const std::string& status) { ::sd_notifyf(0, "READY=1\nSTATUS=%s", status.c_str()); }

void tell_stopping() { ::sd_notify(0, "STOPPING=1"); }

awaitable<void> feed_watchdog(Clock& clock, Writer& writer) {
  std::uint64_t limit_us = 0;
  if (::sd_watchdog_enabled(0, &limit_us) <= 0) co_return;
  const milliseconds period(static_cast<std::int64_t>(limit_us / 1000 / 3));
  for (;;) {
    auto nothing = [](Database&) { return 0; };
    bool committed = true;
    try {
      co_await writer.run(nothing);
    } catch (const SQLite::Exception& error) {
      // A full disk is no reason to be restarted: it would be full again.
      spdlog::warn("the writer cannot commit: {}", error.what());
      committed = error.getErrorCode() == SQLite::OK || error.getErrorCode() == 13;  // SQLITE_FULL
    }
    if (committed) ::sd_notify(0, "WATCHDOG=1");
    co_await clock.pause(period);
  }
}

}  // namespace edu::app
