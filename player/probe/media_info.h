// What the probe process says about one file: the values, and the JSON line in which they cross from the
// process that read the untrusted file to the daemon, which believes none of it before it is checked.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

namespace edu::player {

struct MediaStream {
  std::string type;  // "video", "audio", "subtitle", "cover" (a picture in the tags) or "data"
  std::string codec;  // libavcodec's short name: "h264", "mpeg2video", "wmv2", "mp3" …; "" when it is unknown
  std::int64_t width = 0, height = 0;          // pixels; 0 but for video and covers
  std::int64_t sample_rate = 0, channels = 0;  // Hz; 0 but for audio
  std::string language;                        // as the file names it ("chi", "zho", "eng"), may be empty

  bool operator==(const MediaStream&) const = default;
};

struct MediaInfo {
  // "mp4", "mpeg" (program stream), "mpegts", "asf", "matroska", "avi", "flv", "mp3", "aac", "wav", "ogg",
  // "flac", "rm", "mxf", …: our own short names, which stay the same when libav renames its demuxers.
  std::string container;
  milliseconds duration{};  // what to plan with, the one that `took` names
  milliseconds declared{};  // what the container says about itself; 0: it says nothing (program and transport
                            // streams, MP3 without a Xing header, recordings that were never closed)
  milliseconds readable{};  // pictures and sound that can be read, the sum of all parts
  // "readable"; where reading everything took too long, "declared" if what was read bears it out, else
  // "estimated" (`readable` is, too).
  std::string took = "readable";
  std::int64_t size = 0;  // bytes
  std::vector<MediaStream> streams;
  // Of one line of UTF-8 each, whatever the encoding in the file (GB18030 too): "title", "lecturer", "album",
  // "genre", "date", "comment", "language"; a missing one is not there.
  std::map<std::string, std::string> tags;
  std::int64_t damaged = 0;  // packets found damaged in the samples that were read; not a census of the file
  std::string poster;        // a JPEG at most 640 pixels wide, or empty

  bool operator==(const MediaInfo&) const = default;
};

// One line without its newline. `poster` goes as base64.
std::string to_line(const MediaInfo& info);
// A refusal by the probe, "player.CODE": {"refused": CODE, further members}; those that end in _ms as
// integers.
std::string to_line(const Refusal& refusal);

// Reads what the probe wrote, believing nothing. Refusals: those of the probe itself, "player." before their
// code (durations in their arguments as clock_duration); "player.probe_garbage" for whatever is not of this
// form.
Result<MediaInfo> parse_answer(std::string_view line);

}  // namespace edu::player
