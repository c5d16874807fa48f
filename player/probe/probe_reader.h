// Reads one untrusted media file: what it holds, how much of it is really there, and one picture of it.
//
// How long it plays is measured (probe_length.h); whether its end is there follows from its structure
// (probe_ends.h); pictures are decoded at five places, at ten where these show a fault. Nothing is read past
// the budget.
//
// What cannot be known. A stream of small units without any table (transport and program streams, Ogg, MP3,
// AAC) that is cut exactly between two of them looks like a shorter whole one, and is accepted as what it is.
#pragma once

#include "base/result.h"
#include "player/probe/media_info.h"

namespace edu::player {

// `seconds`: the processor time that the process has. Refusals ("player." before the code; times as "…_ms"):
//   empty, playlist, not_media, no_audio_or_video,
//   unreadable {what}                    - the disk failed: nothing is said about the file
//   encrypted {how}                      - by that scheme; the station has no key
//   no_decoder {codec}                   - nothing here can show its pictures
//   unfinished {container}               - MP4 without its index: cut off, or its recording never ended
//   damaged {container}                  - of a known container, and nothing can be read from it
//   damaged_pictures {share}             - so many of its pictures do not decode
//   holes {share}                        - so much of it is zeros: a download that was never finished
//   truncated {declared_ms, readable_ms} - bytes are missing at the end, and it declares more than there is
//   cut_off {readable_ms}                - bytes are missing at the end
Result<MediaInfo> read_media(int fd, std::uint64_t seconds);

}  // namespace edu::player
