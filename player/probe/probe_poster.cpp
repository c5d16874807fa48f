#include "player/probe/probe_poster.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <new>

namespace edu::player {
namespace {

constexpr int kWidest = 640;
constexpr int kTallest = 1280;
constexpr std::int64_t kMostPixels = 8192LL * 8192;
constexpr int kMostPackets =
    600;  // one look reads at most so far: two groups of pictures and the sound among them
constexpr int kPictures = 3;  // packets of pictures that are decoded at each look
constexpr int kQuality = 5;   // mjpeg's quantiser: about 40 KB for 640 by 360

struct Shape {
  int width, height;
};

// Before it is turned.
Shape shown_shape(const AVFrame& frame, bool on_its_side) {
  const auto aspect = frame.sample_aspect_ratio;
  double width = frame.width, height = frame.height;
  if (aspect.num > 0 && aspect.den > 0) width *= ::av_q2d(aspect);
  const double scale =
      std::min({1.0, kWidest / (on_its_side ? height : width), kTallest / (on_its_side ? width : height)});
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

struct Plane {
  std::uint8_t* data;
  int line, width, height;
};

void turn_plane(const Plane& from, const Plane& to, Turn turn) {
  for (int y = 0; y < to.height; ++y) {
    for (int x = 0; x < to.width; ++x) {
      int column = x, row = y;
      if (turn.quarters == 1) column = y, row = from.height - 1 - x;
      if (turn.quarters == 2) column = from.width - 1 - x, row = from.height - 1 - y;
      if (turn.quarters == 3) column = from.width - 1 - y, row = x;
      if (turn.mirrored) column = from.width - 1 - column;
      to.data[y * to.line + x] = from.data[row * from.line + column];
    }
  }
}

libav::Handle<AVFrame> turned(libav::Handle<AVFrame> picture, Turn turn) {
  if (!picture || (turn.quarters == 0 && !turn.mirrored)) return picture;
  libav::Handle<AVFrame> out(::av_frame_alloc());
  if (!out) return nullptr;
  const bool on_its_side = turn.quarters % 2 != 0;
  out->format = picture->format;
  out->width = on_its_side ? picture->height : picture->width;
  out->height = on_its_side ? picture->width : picture->height;
  if (::av_frame_get_buffer(out.get(), 0) < 0) return nullptr;
  for (int i = 0; i < 3; ++i) {
    const int part = i == 0 ? 1 : 2;  // 4:2:0, and all lengths are even
    turn_plane({picture->data[i], picture->linesize[i], picture->width / part, picture->height / part},
               {out->data[i], out->linesize[i], out->width / part, out->height / part}, turn);
  }
  return out;
}

}  // namespace

PictureSampler::PictureSampler(AVFormatContext& format, int stream)
    : format_(format),
      stream_(stream),
      packet_(::av_packet_alloc()),
      received_(::av_frame_alloc()),
      frame_(::av_frame_alloc()) {
  if (!packet_ || !received_ || !frame_) throw std::bad_alloc();
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

Turn PictureSampler::turn() const {
  std::size_t size = 0;
  const auto* data = ::av_stream_get_side_data(format_.streams[stream_], AV_PKT_DATA_DISPLAYMATRIX, &size);
  if (!data || size < 9 * sizeof(std::int32_t)) return {};
  std::array<std::int32_t, 9> matrix{};
  std::memcpy(matrix.data(), data, sizeof matrix);
  Turn turn;
  const auto determinant =
      static_cast<double>(matrix[0]) * matrix[4] - static_cast<double>(matrix[1]) * matrix[3];
  turn.mirrored = determinant < 0;
  if (turn.mirrored) ::av_display_matrix_flip(matrix.data(), 1, 0);
  const double angle = -::av_display_rotation_get(matrix.data());  // clockwise
  if (!std::isfinite(angle)) return {};
  turn.quarters = (static_cast<int>(std::lround(angle / 90)) % 4 + 4) % 4;
  return turn;
}

// One packet, or none for what the decoder still holds. True when a whole picture came out.
bool PictureSampler::decode(const AVPacket* packet) {
  if (const int sent = ::avcodec_send_packet(decoder_.get(), packet); sent < 0 && sent != AVERROR(EAGAIN)) {
    if (packet) ++damaged_;
    return false;
  }
  bool any = false;
  while (::avcodec_receive_frame(decoder_.get(), received_.get()) >= 0) {
    const bool faulty = received_->decode_error_flags != 0 ||
                        (received_->flags & AV_FRAME_FLAG_CORRUPT) != 0 || received_->width <= 0 ||
                        received_->height <= 0;
    ++(faulty ? damaged_ : good_);
    if (faulty || any) continue;
    any = true;
    ::av_frame_unref(frame_.get());
    ::av_frame_move_ref(frame_.get(), received_.get());
  }
  return any;
}

// Where it fails we read on from here.
void PictureSampler::seek(Place place) {
  if (place.byte >= 0 && ::av_seek_frame(&format_, -1, place.byte, AVSEEK_FLAG_BYTE) >= 0) return;
  const auto start = format_.start_time == AV_NOPTS_VALUE ? 0 : format_.start_time;
  ::avformat_seek_file(&format_, -1, INT64_MIN, start + place.time, start + place.time, 0);
}

// By its flag, or by the container's index where it has one: the flag is that of the parser, which sees
// nothing in what is damaged.
bool PictureSampler::begins_group() const {
  if ((packet_->flags & AV_PKT_FLAG_KEY) != 0) return true;
  if ((format_.iformat->flags & (AVFMT_TS_DISCONT | AVFMT_NOTIMESTAMPS)) != 0) return false;
  const auto* entry =
      ::avformat_index_get_entry_from_timestamp(format_.streams[stream_], packet_->dts, AVSEEK_FLAG_BACKWARD);
  return entry && entry->timestamp == packet_->dts && (entry->flags & AVINDEX_KEYFRAME) != 0;
}

bool PictureSampler::look(Place place) {
  if (!decoder_) return false;
  seek(place);
  ::avcodec_flush_buffers(decoder_.get());
  bool found = false;
  std::int64_t key = AV_NOPTS_VALUE;
  const auto before = good_ + damaged_;
  int pictures = 0;
  for (int i = 0; i < kMostPackets && pictures < kPictures; ++i) {
    const int got = ::av_read_frame(&format_, packet_.get());
    if (got == AVERROR_EOF) break;
    if (got < 0) continue;
    if (packet_->stream_index == stream_ && (pictures > 0 || begins_group())) {
      if (pictures++ == 0) key = packet_->pts;
      // What leads the key picture may lean on one before it.
      const bool leads = key != AV_NOPTS_VALUE && packet_->pts != AV_NOPTS_VALUE && packet_->pts < key;
      if (!leads && decode(packet_.get())) found = true;
    }
    ::av_packet_unref(packet_.get());
  }
  if (decode(nullptr)) found = true;
  if (good_ + damaged_ == before) damaged_ += pictures;  // nothing came of them
  return found;
}

bool PictureSampler::look_at_cover() {
  if (!decoder_) return false;
  const auto& cover = format_.streams[stream_]->attached_pic;
  return cover.size > 0 && (decode(&cover) || decode(nullptr));
}

std::string to_jpeg(const AVFrame& frame, Turn turn) {
  const auto picture = turned(scaled(frame, shown_shape(frame, turn.quarters % 2 != 0)), turn);
  const auto* codec = ::avcodec_find_encoder(AV_CODEC_ID_MJPEG);
  const libav::Handle<AVCodecContext> encoder(codec ? ::avcodec_alloc_context3(codec) : nullptr);
  const libav::Handle<AVPacket> packet(::av_packet_alloc());
  if (!picture || !encoder || !packet) return {};
  encoder->width = picture->width;
  encoder->height = picture->height;
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
