#include "player/probe/probe_poster.h"

#include <algorithm>
#include <new>

namespace edu::player {
namespace {

constexpr int kWidest = 640;
constexpr int kTallest = 1280;
constexpr std::int64_t kMostPixels = 8192LL * 8192;
constexpr int kMostPackets =
    400;                     // one look reads at most so far: two groups of pictures and the sound among them
constexpr int kQuality = 5;  // mjpeg's quantiser: about 40 KB for 640 by 360

struct Shape {
  int width, height;
};

Shape shown_shape(const AVFrame& frame) {
  const auto aspect = frame.sample_aspect_ratio;
  double width = frame.width, height = frame.height;
  if (aspect.num > 0 && aspect.den > 0) width *= ::av_q2d(aspect);
  const double scale = std::min({1.0, kWidest / width, kTallest / height});
  const auto even = [scale](double length) { return std::max(2, static_cast<int>(length * scale) & ~1); };
  return {even(width), even(height)};
}

libav::Handle<AVFrame> scaled(const AVFrame& frame, Shape shape) {
  libav::Handle<AVFrame> out(::av_frame_alloc());
  if (!out) return nullptr;
  out->format = AV_PIX_FMT_YUVJ420P;
  out->width = shape.width;
  out->height = shape.height;
  const libav::Handle<SwsContext> scaler(
      ::sws_getContext(frame.width, frame.height, static_cast<AVPixelFormat>(frame.format), shape.width,
                       shape.height, AV_PIX_FMT_YUVJ420P, SWS_BILINEAR, nullptr, nullptr, nullptr));
  if (!scaler || ::av_frame_get_buffer(out.get(), 0) < 0) return nullptr;
  if (::sws_scale(scaler.get(), frame.data, frame.linesize, 0, frame.height, out->data, out->linesize) <= 0)
    return nullptr;
  return out;
}

}  // namespace

PictureSampler::PictureSampler(AVFormatContext& format, int stream)
    : format_(format), stream_(stream), packet_(::av_packet_alloc()), frame_(::av_frame_alloc()) {
  if (!packet_ || !frame_) throw std::bad_alloc();
  const auto& parameters = *format.streams[stream]->codecpar;
  const auto* codec = ::avcodec_find_decoder(parameters.codec_id);
  if (!codec) return;
  libav::Handle<AVCodecContext> decoder(::avcodec_alloc_context3(codec));
  if (!decoder || ::avcodec_parameters_to_context(decoder.get(), &parameters) < 0) return;
  decoder->thread_count = 1;  // the sandbox allows no threads
  decoder->max_pixels = kMostPixels;
  decoder->pkt_timebase = format.streams[stream]->time_base;
  if (::avcodec_open2(decoder.get(), codec, nullptr) == 0) decoder_ = std::move(decoder);
}

bool PictureSampler::decode(const AVPacket* packet) {
  if (const int sent = ::avcodec_send_packet(decoder_.get(), packet); sent < 0 && sent != AVERROR(EAGAIN)) {
    if (packet) ++damaged_;
    return false;
  }
  if (::avcodec_receive_frame(decoder_.get(), frame_.get()) < 0) return false;
  const bool faulty = frame_->decode_error_flags != 0 || (frame_->flags & AV_FRAME_FLAG_CORRUPT) != 0;
  if (faulty) ++damaged_;
  return frame_->width > 0 && frame_->height > 0;
}

bool PictureSampler::look(std::int64_t at) {
  if (!decoder_) return false;
  const auto start = format_.start_time == AV_NOPTS_VALUE ? 0 : format_.start_time;
  ::avformat_seek_file(&format_, -1, INT64_MIN, start + at, start + at,
                       0);  // where it fails we read on from here
  ::avcodec_flush_buffers(decoder_.get());
  for (int i = 0; i < kMostPackets; ++i) {
    const int got = ::av_read_frame(&format_, packet_.get());
    if (got == AVERROR_EOF) return decode(nullptr);
    if (got < 0) continue;
    const bool found = packet_->stream_index == stream_ && decode(packet_.get());
    ::av_packet_unref(packet_.get());
    if (found) return true;
  }
  return false;
}

bool PictureSampler::look_at_cover() {
  if (!decoder_) return false;
  const auto& cover = format_.streams[stream_]->attached_pic;
  return cover.size > 0 && (decode(&cover) || decode(nullptr));
}

std::string to_jpeg(const AVFrame& frame) {
  const auto shape = shown_shape(frame);
  const auto picture = scaled(frame, shape);
  const auto* codec = ::avcodec_find_encoder(AV_CODEC_ID_MJPEG);
  const libav::Handle<AVCodecContext> encoder(codec ? ::avcodec_alloc_context3(codec) : nullptr);
  const libav::Handle<AVPacket> packet(::av_packet_alloc());
  if (!picture || !encoder || !packet) return {};
  encoder->width = shape.width;
  encoder->height = shape.height;
  encoder->pix_fmt = AV_PIX_FMT_YUVJ420P;
  encoder->time_base = AVRational{1, 25};
  encoder->thread_count = 1;
  encoder->flags |= AV_CODEC_FLAG_QSCALE;
  encoder->global_quality = picture->quality = FF_QP2LAMBDA * kQuality;
  picture->pts = 0;
  if (::avcodec_open2(encoder.get(), codec, nullptr) < 0 ||
      ::avcodec_send_frame(encoder.get(), picture.get()) < 0 ||
      ::avcodec_receive_packet(encoder.get(), packet.get()) < 0)
    return {};
  return {reinterpret_cast<const char*>(packet->data), static_cast<std::size_t>(packet->size)};
}

}  // namespace edu::player
