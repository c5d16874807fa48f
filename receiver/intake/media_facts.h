// What the receiver must know of a file before it may be stored, and the seam through which it asks. The
// daemon puts the player's probe process behind it (app/), tests a fake.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/asio.h"
#include "base/result.h"

namespace edu::receiver {

struct MediaFacts {
  std::string format;  // the container: "mp4", "mpeg", "asf", "mp3" …
  std::int64_t duration_ms = 0;
  std::int64_t declared_ms = 0;  // by the file's header; 0: it says nothing
  std::string length_by;         // what duration_ms is: readable, declared, estimated
  bool has_video = false, has_audio = false;
  std::string title, lecturer;  // of the media's own tags, in any encoding; may be empty
  std::int64_t damaged_packets = 0;
  std::string poster;  // a JPEG, or empty
};

// Looks into the file. A refusal is why it cannot be courseware. On the loop, without blocking it; only
// cancellation throws.
using Examine = std::function<awaitable<Result<MediaFacts>>(std::filesystem::path)>;

// Of a file that nobody calls media: there is nothing in it that could play, so that it is no courseware, and
// not even a refused one.
inline bool is_no_media(const Refusal& refusal) {
  constexpr std::array<std::string_view, 6> codes{"player.not_media", "player.no_audio_or_video",
                                                  "player.playlist",  "player.empty",
                                                  "player.no_file",   "receiver.nothing_to_play"};
  return std::ranges::find(codes, refusal.code) != codes.end();
}

}  // namespace edu::receiver
