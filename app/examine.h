// The receiver's question about a file, answered by the player's probe process. On the loop.
#pragma once

#include <filesystem>

#include "base/asio.h"
#include "base/result.h"
#include "player/probe/probe.h"
#include "receiver/intake/media_facts.h"

namespace edu::app {

// What of `file` can be played; a refusal of the probe's where it is nothing to play. `probe` outlives the
// answer.
awaitable<Result<receiver::MediaFacts>> examine(player::Probe& probe, std::filesystem::path file);

}  // namespace edu::app
