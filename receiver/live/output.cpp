#include "receiver/live/output.h"

#include <algorithm>
#include <cerrno>
#include <new>

#include <unistd.h>

namespace edu::live {
namespace {

constexpr int kBuffer = 64 * 1024;

}  // namespace

int OutputFile::put(void* self, std::uint8_t* bytes, int size) {
  auto& file = *static_cast<OutputFile*>(self);
  for (int done = 0; done < size;) {
    const auto written = ::pwrite(file.fd_, bytes + done, static_cast<std::size_t>(size - done), file.at_);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      file.failed_ = true;
      return AVERROR(EIO);
    }
    done += static_cast<int>(written);
    file.at_ += written;
    file.bytes_ = std::max(file.bytes_, file.at_);
  }
  return size;
}

std::int64_t OutputFile::seek(void* self, std::int64_t offset, int whence) {
  auto& file = *static_cast<OutputFile*>(self);
  if ((whence & AVSEEK_SIZE) != 0) return file.bytes_;
  const auto from = whence == SEEK_CUR ? file.at_ : whence == SEEK_END ? file.bytes_ : 0;
  if (from + offset < 0) return AVERROR(EINVAL);
  return file.at_ = from + offset;
}

OutputFile::OutputFile(int fd, AVFormatContext& like, const std::vector<int>& streams) : fd_(fd) {
  auto* buffer = static_cast<unsigned char*>(::av_malloc(kBuffer));
  if (!buffer) throw std::bad_alloc();
  io_.reset(::avio_alloc_context(buffer, kBuffer, 1, this, nullptr, &OutputFile::put, &OutputFile::seek));
  AVFormatContext* made = nullptr;
  if (!io_ || ::avformat_alloc_output_context2(&made, nullptr, "matroska", nullptr) < 0)
    throw std::bad_alloc();
  format_.reset(made);
  made->pb = io_.get();
  made->flags |= AVFMT_FLAG_CUSTOM_IO;
  made->max_interleave_delta = AV_TIME_BASE;
  for (const int index : streams) {
    const auto& source = *like.streams[index];
    auto* stream = ::avformat_new_stream(made, nullptr);
    if (!stream || ::avcodec_parameters_copy(stream->codecpar, source.codecpar) < 0) throw std::bad_alloc();
    stream->codecpar->codec_tag = 0;
    stream->sample_aspect_ratio = source.sample_aspect_ratio;
    stream->time_base = source.time_base;
    if (const auto* language = ::av_dict_get(source.metadata, "language", nullptr, 0))
      ::av_dict_set(&stream->metadata, "language", language->value, 0);
  }
}

OutputFile::~OutputFile() = default;

bool OutputFile::begin() { return ::avformat_write_header(format_.get(), nullptr) >= 0 && !failed_; }

bool OutputFile::write(AVPacket& packet, std::size_t place, AVRational time_base) {
  packet.stream_index = static_cast<int>(place);
  packet.pos = -1;
  if (packet.pts == AV_NOPTS_VALUE) packet.pts = packet.dts;
  if (packet.dts == AV_NOPTS_VALUE) packet.dts = packet.pts;
  if (packet.pts == AV_NOPTS_VALUE) {
    ::av_packet_unref(&packet);
    return true;
  }
  ::av_packet_rescale_ts(&packet, time_base, format_->streams[place]->time_base);
  ::av_interleaved_write_frame(format_.get(), &packet);
  return !failed_;
}

bool OutputFile::sync() {
  ::av_interleaved_write_frame(format_.get(), nullptr);
  ::av_write_frame(format_.get(), nullptr);  // ends Matroska's cluster
  ::avio_flush(io_.get());
  return !failed_ && ::fdatasync(fd_) == 0;
}

bool OutputFile::finish() {
  ::av_write_trailer(format_.get());
  ::avio_flush(io_.get());
  return !failed_ && ::fdatasync(fd_) == 0;
}

}  // namespace edu::live
