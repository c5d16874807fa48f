// Segments become one seekable file, packet by packet. For edustation-record alone.
#pragma once

#include <filesystem>
#include <functional>

#include "base/result.h"
#include "receiver/live/lines.h"

namespace edu::live {

// Joins the segments of the folder into `fd`, closing up gaps. Its tracks are those of the largest segment; a
// segment of other codecs is left out and told of, one that cannot be read holds nothing. Says how far it is
// once a second. Refusals: live.no_data, live.not_written {what}.
Result<JoinLine> join(const std::filesystem::path& folder, int fd,
                      const std::function<void(const JoinLine&)>& say);

}  // namespace edu::live
