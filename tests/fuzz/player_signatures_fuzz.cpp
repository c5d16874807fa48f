// Any bytes as the head or the tail of a media file: nothing is read beyond them.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "player/probe/probe_signatures.h"

using namespace edu::player;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, size);
  looks_like_playlist(bytes);
  begins_like_mp4(bytes);
  id3v2_length(bytes);
  mp3_declared(bytes);
  asf_declared(bytes);
  avi_declared(bytes);
  wav_declared(bytes);
  program_stream_ends_whole(bytes);
  const auto text = undo_latin1({reinterpret_cast<const char*>(data), size});
  if (text && !edu::is_utf8(*text)) std::abort();
  return 0;
}
