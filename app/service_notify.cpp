#include "app/service_notify.h"

#include <systemd/sd-daemon.h>

namespace edu::app {

void tell_ready(const std::string& status) { ::sd_notifyf(0, "READY=1\nSTATUS=%s", status.c_str()); }

void tell_stopping() { ::sd_notify(0, "STOPPING=1"); }

std::optional<milliseconds> watchdog_limit() {
  std::uint64_t limit_us = 0;
  if (::sd_watchdog_enabled(0, &limit_us) <= 0) return std::nullopt;
  return milliseconds(static_cast<std::int64_t>(limit_us / 1000));
}

void feed_watchdog() { ::sd_notify(0, "WATCHDOG=1"); }

}  // namespace edu::app
