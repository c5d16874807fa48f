// libav's headers and the ownership of its handles: for the sources of edustation-probe and edustation-record
// alone, which are the only ones that include them.
#pragma once

#include <memory>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/mathematics.h>
#include <libswscale/swscale.h>
}

namespace edu::libav {

struct Free {
  void operator()(AVFormatContext* context) const noexcept { ::avformat_close_input(&context); }
  void operator()(AVIOContext* context) const noexcept {
    ::av_freep(&context->buffer);
    ::avio_context_free(&context);
  }
  void operator()(AVCodecContext* context) const noexcept { ::avcodec_free_context(&context); }
  void operator()(AVPacket* packet) const noexcept { ::av_packet_free(&packet); }
  void operator()(AVFrame* frame) const noexcept { ::av_frame_free(&frame); }
  void operator()(SwsContext* context) const noexcept { ::sws_freeContext(context); }
};

template <class T>
using Handle = std::unique_ptr<T, Free>;

}  // namespace edu::libav
