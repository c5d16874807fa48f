// Reads one untrusted media file: what it holds, how much of it is really there, and one picture of it.
//
// How the end is found. With video: seek to the last seconds and read to the end, because a film of 2 GiB is
// not read twice on a slow disk (a second or less instead of a minute); only when the tail does not reach the
// declared duration is everything read from the start, to learn where it breaks off. Sound alone is read
// whole: such files are small, and seeking in them is guesswork. Nothing is read past the budget.
//
// What cannot be known. Program streams, transport streams, Ogg and MP3 files without a Xing header declare
// no duration (what libav says of an Ogg is the time stamp of the last page there is): one that is cut
// between two packets looks like a shorter whole one, and is accepted as what it is. A program stream cut
// within a packet, as nearly every interrupted copy is, is refused as cut_off.
#pragma once

#include "base/result.h"
#include "player/probe/media_info.h"

namespace edu::player {

// `seconds`: the processor time that the process has. Refusals ("player." before the code; times as "…_ms"):
//   empty, playlist, not_media, no_audio_or_video,
//   unfinished {container}               - MP4 without its index: cut off, or its recording never ended
//   damaged {container}                  - of a known container, and nothing can be read from it
//   truncated {declared_ms, readable_ms} - ends a second (or half a percent) before what it declares
//   cut_off {readable_ms}                - a program stream whose last packet is not all there
Result<MediaInfo> read_media(int fd, std::uint64_t seconds);

}  // namespace edu::player
