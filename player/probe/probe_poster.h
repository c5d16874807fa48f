// Looks at single pictures of a video: whether they decode, and one of them as a JPEG.
#pragma once

#include <cstdint>
#include <string>

#include "base/libav/libav.h"

namespace edu::player {

class PictureSampler {
 public:
  // Opens a decoder for the stream; where there is none for it, every look finds nothing and no fault.
  PictureSampler(AVFormatContext& format, int stream);

  // Decodes the first whole picture at or after `at` (AV_TIME_BASE units from the file's start).
  // True when there is one; `frame()` holds it.
  bool look(std::int64_t at);
  bool look_at_cover();  // the picture in the tags, when the stream is one
  const AVFrame& frame() const { return *frame_; }
  std::int64_t damaged() const { return damaged_; }  // packets that did not decode, or decoded with errors

 private:
  bool decode(const AVPacket* packet);

  AVFormatContext& format_;
  int stream_;
  libav::Handle<AVCodecContext> decoder_;
  libav::Handle<AVPacket> packet_;
  libav::Handle<AVFrame> frame_;
  std::int64_t damaged_ = 0;
};

// The picture as a JPEG at most 640 pixels wide, in the shape in which it is shown; empty when it cannot be
// made.
std::string to_jpeg(const AVFrame& frame);

}  // namespace edu::player
