// Is the end of a file there, or was it cut off? By the container's own structure: a box, chunk or index that
// points past the last byte, a page, packet or frame that is torn. That two fields of a header disagree says
// nothing; what is odd and not torn counts as whole. Reads the file, believes nothing, never throws on bad
// input.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "player/probe/probe_bytes.h"

namespace edu::player {

// True when bytes are missing at the end of the file. `container`: our name of it (media_info.h). Of an MP4
// without fragments the sample tables decide, which the caller has (probe_reader.cpp).
bool ends_torn(FileBytes& file, std::string_view container);

// Percent of the file that is nothing but zeros, by samples: what a download has reserved and not filled.
int empty_percent(FileBytes& file);

// Percent of the file that is nothing of its container, by samples, of Ogg, program and transport streams:
// their pages and packets begin everywhere, and noise is told from them. Of other containers 0.
int noise_percent(FileBytes& file, std::string_view container);

// A box of ISO base media files (ISO/IEC 14496-12, 4.2).
struct Box {
  std::string type;
  std::int64_t body = 0, end = 0;  // `end` may lie past the file's
};
std::optional<Box> box_at(FileBytes& file, std::int64_t at);

// An element of Matroska (RFC 8794, 5).
struct Element {
  std::uint64_t id = 0;
  std::int64_t body = 0;
  std::optional<std::int64_t> end;  // may lie past the file's; none: of unknown size
};
// nullopt: none begins here. `torn`: one does, and its head is not all there.
std::optional<Element> element_at(FileBytes& file, std::int64_t at, bool& torn);

struct Mp4Layout {
  bool past_end = false;    // a box of the top level ends behind the file's last byte
  bool fragmented = false;  // it has movie fragments
};
Mp4Layout mp4_layout(FileBytes& file);

// How the packets of a transport stream lie: one each `step` bytes (188, 192 or 204), the first sync byte at
// `sync`, less than a step into the file.
struct TransportLayout {
  std::int64_t step = 188, sync = 0;
};
std::optional<TransportLayout> transport_layout(FileBytes& file);

// The parts of ends_torn, one source each.
bool boxes_end_torn(FileBytes& file, std::string_view container);  // mp4 (fragments), matroska, mxf
bool chunks_end_torn(FileBytes& file,
                     std::string_view container);  // avi, wav, w64, aiff, au, caf, asf, rm, flv
bool frames_end_torn(FileBytes& file, std::string_view container);  // the others

}  // namespace edu::player
