// What the service manager (systemd) is told: ready, stopping, and that the daemon makes progress. Without
// one, nothing happens.
#pragma once

#include "base/asio.h"
#include "base/clock.h"
#include "base/database.h"

namespace edu::app {

void tell_ready(const std::string& status);
void tell_stopping();

// Feeds the watchdog as long as the loop turns and the writer thread commits; returns at once where nobody
// asked for it. Only cancellation ends it.
awaitable<void> feed_watchdog(Clock& clock, Writer& writer);

}  // namespace edu::app
