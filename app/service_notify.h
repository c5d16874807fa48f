// What the service manager (systemd) is told: ready, stopping, and that the daemon makes progress. Without
// one, nothing happens.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace edu::app {

void tell_ready(const std::string& status);
void tell_stopping();

// How long it waits to be fed before it starts the daemon again; nullopt: it does not watch.
std::optional<milliseconds> watchdog_limit();
void feed_watchdog();

}  // namespace edu::app
