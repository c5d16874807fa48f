// Is the file locked: encrypted by a scheme for which the station has no key, and nobody may have one?
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "player/probe/probe_bytes.h"

namespace edu::player {

// The name of the scheme, for people: "CENC" (ISO/IEC 23001-7), "FairPlay", "Windows Media DRM", "CSS",
// "Flash Access", "pay TV" (a scrambled transport stream); nullopt where there is none. `container`: our
// name of it (media_info.h).
std::optional<std::string> locked_by(FileBytes& file, std::string_view container);

// The same by the first bytes alone, for files that only one seller's program plays and libav does not know.
std::optional<std::string> locked_by_head(Bytes head);

}  // namespace edu::player
