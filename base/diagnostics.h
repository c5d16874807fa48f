// Diagnostics for the people who run the machine: spdlog to stderr, with journald's level prefixes where
// stderr is its stream. Evidence is elsewhere (logs/journal/journal.h). No secrets and no names of learners
// go here.
#pragma once

#include <string_view>

#include <spdlog/spdlog.h>

namespace edu {

// level: "debug", "info", "warning" or "error". Call once, before the first thread.
void start_diagnostics(std::string_view program, std::string_view level);

}  // namespace edu
