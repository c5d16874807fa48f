// How long one file plays: what its header says, and what can be read of it.
//
// What can be read is found by reading all packets, which for a small file is nothing and for parts whose
// clocks begin again the only way. A large file of a container with one clock is read in its last seconds
// alone, and whole only where they do not bear out the header. A file that is too large to be read within the
// budget is estimated by what was read of it.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/time.h"
#include "player/probe/probe_input.h"

namespace edu::player {

bool is_cover(const AVStream& stream);   // a picture in the tags
bool is_played(const AVStream& stream);  // pictures that move, or sound

struct Length {
  milliseconds declared{};  // 0: the container says nothing
  milliseconds readable{};
  bool estimated = false;     // `readable` is: there was no time to read everything
  std::int64_t damaged = 0;   // packets that the demuxer flags
  std::int64_t payload = -1;  // bytes of all packets; -1: not all were read
};

// Reads `input` to its end: seek before it is used again. Refusals: damaged, where no packet can be read.
Result<Length> measure(Input& input, FileBytes& file);

}  // namespace edu::player
