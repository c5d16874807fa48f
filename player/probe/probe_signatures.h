// What the first bytes of a file say, where libav's own reading of them is not enough. Pure functions over
// the head of an untrusted file: no I/O, no exceptions, every length checked.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace edu::player {

using Bytes = std::span<const std::uint8_t>;

// Is it a text that names other files (M3U and HLS, PLS, ASX, XSPF, SMIL, DASH, SDP, ffconcat, mpv's EDL,
// Ogg's and Real's reference texts, a bare list of URLs)? Such a file never gets to a player.
bool looks_like_playlist(Bytes head);

// An MP4 or QuickTime file, whole or not: its first box is one of that format's. libav refuses one that has
// lost its index ("moov") as it refuses any rubbish; this tells the two apart.
bool begins_like_mp4(Bytes head);

// The Xing, Info or VBRI header in the first MPEG audio frame: frames times samples over the rate. nullopt
// without one. libav disregards it when the file is a good deal shorter than it says, which is when it
// matters to us.
std::optional<milliseconds> mp3_declared(Bytes head);
// Bytes before the first MPEG audio frame: of an ID3v2 tag, which may hold a whole picture. 0 without one.
std::size_t id3v2_length(Bytes head);

// Play duration less preroll of an ASF file's properties object (ASF specification 3.2). nullopt for a
// broadcast, or where there is none. libav disregards it when the file's size does not fit.
std::optional<milliseconds> asf_declared(Bytes head);

// The longest of an AVI file's stream headers of pictures and sound; what its main header says of a rate is
// wrong in too many files. libav takes the file's size instead, where the index at the end is missing.
std::optional<milliseconds> avi_declared(Bytes head);

// The length of a WAV file's data chunk over its byte rate; nullopt where the length was never filled in.
std::optional<milliseconds> wav_declared(Bytes head);

// The tail of an MPEG program stream (ISO/IEC 13818-1, 2.5.3): it ends with the program end code, or its last
// packet is whole. False only where the last packet announces more bytes than there are. `tail` ends where
// the file ends.
bool program_stream_ends_whole(Bytes tail);

// Undoes libav's reading of an ID3v2 text of "Latin-1" as code points, where the bytes are really GBK (as
// nearly all Chinese MP3 files have them): the characters, or nullopt where it is not so.
std::optional<std::string> undo_latin1(std::string_view text);

}  // namespace edu::player
