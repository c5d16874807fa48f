// Looks at single pictures of a video: whether they decode, and one of them as a JPEG.
#pragma once

#include <cstdint>
#include <string>

#include "base/libav/libav.h"

namespace edu::player {

// How a picture is to be turned before it is shown (ISO/IEC 14496-12, 8.5.3): a phone that was held upright.
struct Turn {
  int quarters = 0;       // clockwise
  bool mirrored = false;  // left and right, before it is turned
};

class PictureSampler {
 public:
  // Opens a decoder for the stream.
  PictureSampler(AVFormatContext& format, int stream);

  bool can_decode() const { return decoder_ != nullptr; }  // without it every look finds nothing

  // Where to look: from the file's start in AV_TIME_BASE units, and in bytes for containers whose clock may
  // begin again (negative: by time).
  struct Place {
    std::int64_t time = 0, byte = -1;
  };
  // Decodes some pictures from the next key picture on. True when one is whole; `frame()` holds it.
  bool look(Place place);
  bool look_at_cover();  // the picture in the tags, when the stream is one
  const AVFrame& frame() const { return *frame_; }
  Turn turn() const;
  std::int64_t good() const { return good_; }        // pictures that decoded without a fault
  std::int64_t damaged() const { return damaged_; }  // packets that did not decode, or with faults

 private:
  void seek(Place place);
  bool begins_group() const;
  bool decode(const AVPacket* packet);

  AVFormatContext& format_;
  int stream_;
  libav::Handle<AVCodecContext> decoder_;
  libav::Handle<AVPacket> packet_;
  libav::Handle<AVFrame> received_, frame_;
  std::int64_t damaged_ = 0, good_ = 0;
};

// The picture as a JPEG at most 640 pixels wide, in the shape and the way up in which it is shown; empty when
// it cannot be made.
std::string to_jpeg(const AVFrame& frame, Turn turn);

}  // namespace edu::player
