#include "player/probe/probe_input.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <string_view>

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "player/probe/probe_locks.h"

namespace edu::player {
namespace {

constexpr int kBuffer = 64 * 1024;
constexpr std::size_t kHead = 64 * 1024;

// The containers that are taken, by the first of libav's names, and what we call them. Left out on purpose is
// all that names other files or makes a film of something else: hls, concat, dash, sdp, ffmetadata, image2,
// subtitles.
struct Container {
  std::string_view libav, ours;
};
constexpr std::array kContainers{Container{"mov", "mp4"},   Container{"matroska", "matroska"},
                                 Container{"mpeg", "mpeg"}, Container{"mpegts", "mpegts"},
                                 Container{"asf", "asf"},   Container{"avi", "avi"},
                                 Container{"flv", "flv"},   Container{"mp3", "mp3"},
                                 Container{"aac", "aac"},   Container{"wav", "wav"},
                                 Container{"ogg", "ogg"},   Container{"flac", "flac"},
                                 Container{"rm", "rm"},     Container{"ac3", "ac3"},
                                 Container{"amr", "amr"},   Container{"aiff", "aiff"},
                                 Container{"w64", "w64"},   Container{"dv", "dv"},
                                 Container{"mxf", "mxf"},   Container{"eac3", "ac3"},
                                 Container{"caf", "caf"},   Container{"au", "au"},
                                 Container{"h264", "h264"}, Container{"hevc", "hevc"},
                                 Container{"m4v", "m4v"},   Container{"mpegvideo", "mpegvideo"}};

std::string whitelist() {
  std::string list;
  for (const auto& container : kContainers) (list += list.empty() ? "" : ",") += container.libav;
  return list;
}

std::string our_name(const AVInputFormat& format) {
  const std::string_view names = format.name;
  const auto first = names.substr(0, names.find(','));
  const auto* found = std::ranges::find(kContainers, first, &Container::libav);
  return found == kContainers.end() ? std::string() : std::string(found->ours);
}

double seconds_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

int refuse_to_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EACCES);
}

}  // namespace

Budget::Budget(std::uint64_t seconds)
    : processor_(0.7 * static_cast<double>(seconds)),
      wall_(1.5 * static_cast<double>(seconds)),
      start_(seconds_of(CLOCK_MONOTONIC)) {}

bool Budget::spent(double share) const {
  return seconds_of(CLOCK_PROCESS_CPUTIME_ID) > share * processor_ ||
         seconds_of(CLOCK_MONOTONIC) - start_ > share * wall_;
}

int Input::read(void* opaque, std::uint8_t* buffer, int size) {
  auto& source = *static_cast<Source*>(opaque);
  if (source.budget->spent()) return AVERROR_EOF;
  const auto got = ::pread(source.fd, buffer, static_cast<std::size_t>(size), source.position);
  if (got < 0) return AVERROR(source.error = errno);
  if (got == 0) return AVERROR_EOF;
  source.position += got;
  return static_cast<int>(got);
}

std::int64_t Input::seek(void* opaque, std::int64_t offset, int whence) {
  auto& source = *static_cast<Source*>(opaque);
  if ((whence & AVSEEK_SIZE) != 0) return source.size;
  const auto from = whence == SEEK_CUR ? source.position : whence == SEEK_END ? source.size : 0;
  std::int64_t to = 0;
  if (__builtin_add_overflow(from, offset, &to) || to < 0) return AVERROR(EINVAL);
  return source.position = to;
}

Result<Input> Input::open(int fd, const Budget& budget) {
  struct stat info {};
  if (::fstat(fd, &info) != 0 || info.st_size == 0) return refuse("player.empty");
  FileBytes file(fd, info.st_size);
  const auto head = file.text_at(0, kHead);
  if (looks_like_playlist(bytes_of(head))) return refuse("player.playlist");

  Input input;
  input.source_ = std::make_unique<Source>(Source{fd, info.st_size, 0, &budget, 0});
  auto* buffer = static_cast<unsigned char*>(::av_malloc(kBuffer));
  if (!buffer) throw std::bad_alloc();
  input.io_.reset(
      ::avio_alloc_context(buffer, kBuffer, 0, input.source_.get(), &Input::read, nullptr, &Input::seek));
  if (!input.io_) throw std::bad_alloc();

  // A fault of the disk is no fault of the file's.
  const auto refused = [&](Unexpected refusal) -> Result<Input> {
    const int error = input.source_->error != 0 ? input.source_->error : file.error();
    if (error != 0) return refuse("player.unreadable", {{"what", std::strerror(error)}});
    return refusal;
  };
  const AVInputFormat* kind = nullptr;
  const int score = ::av_probe_input_buffer2(input.io_.get(), &kind, "", nullptr, 0, 0);
  const auto rubbish = [&] {
    if (const auto lock = locked_by_head(bytes_of(head))) return refuse("player.encrypted", {{"how", *lock}});
    return begins_like_mp4(bytes_of(head)) ? refuse("player.unfinished", {{"container", "mp4"}})
                                           : refuse("player.not_media");
  };
  if (score < AVPROBE_SCORE_RETRY || !kind) return refused(rubbish());
  input.container_ = our_name(*kind);
  if (input.container_.empty()) return refused(rubbish());
  if (const auto lock = locked_by(file, input.container_))
    return refuse("player.encrypted", {{"how", *lock}});

  auto* format = ::avformat_alloc_context();
  if (!format) throw std::bad_alloc();
  format->pb = input.io_.get();
  format->flags |= AVFMT_FLAG_CUSTOM_IO;
  format->io_open = refuse_to_open;
  format->max_streams = 64;
  AVDictionary* options = nullptr;
  ::av_dict_set(&options, "format_whitelist", whitelist().c_str(), 0);
  ::av_dict_set(&options, "protocol_whitelist", "none", 0);
  const int opened = ::avformat_open_input(&format, "", kind, &options);  // frees the context when it fails
  ::av_dict_free(&options);
  if (opened < 0) {
    if (input.container_ == "mp4") return refused(refuse("player.unfinished", {{"container", "mp4"}}));
    return refused(refuse("player.damaged", {{"container", input.container_}}));
  }
  input.format_.reset(format);
  if (::avformat_find_stream_info(format, nullptr) < 0)
    return refused(refuse("player.damaged", {{"container", input.container_}}));
  return input;
}

}  // namespace edu::player
