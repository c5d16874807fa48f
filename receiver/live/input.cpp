#include "receiver/live/input.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <string_view>

namespace edu::live {
namespace {

constexpr std::int64_t kConnect = 20'000;  // ms until a channel must show what it holds
constexpr std::int64_t kAnalyse =
    8 * AV_TIME_BASE;                               // of material; a multiplex tells of itself within seconds
constexpr std::int64_t kProbe = 16'000'000;         // bytes of it
constexpr int kMostStreams = 256;                   // of a multiplex
constexpr const char* kSocketBuffer = "4194304";    // bytes, as far as the kernel allows
constexpr const char* kPacketsBuffered = "131072";  // of 188 bytes: while the disk is busy

// What may be opened for an address of this kind, and by whatever a list names: never a file, and never less
// than TLS where the address says https.
struct Kind {
  std::string_view scheme;
  const char *protocols, *formats;
  Silence silence;
};
constexpr const char* kOverHttp = "hls,mpegts,mov,mp4,flv,aac,ac3,eac3,mp3,ogg,matroska,webm,webvtt";
constexpr Kind kKinds[] = {
    {"udp://", "udp", "mpegts", {2'000, 5'000}},
    {"rtp://", "rtp,udp", "rtp,sdp,mpegts", {2'000, 5'000}},
    {"rtsp://", "rtsp,rtp,udp,tcp", "rtsp,rtp,sdp,mpegts", {2'000, 10'000}},
    // Segments of HLS come every few seconds.
    {"http://", "http,https,tcp,tls,crypto,httpproxy", kOverHttp, {15'000, 30'000}},
    {"https://", "https,tcp,tls,crypto,httpproxy", kOverHttp, {15'000, 30'000}},
};

const Kind* kind_of(const std::string& url) {
  for (const auto& kind : kKinds)
    if (url.starts_with(kind.scheme)) return &kind;
  return nullptr;
}

int ask_patience(void* opaque) { return static_cast<Patience*>(opaque)->spent() ? 1 : 0; }

// The one way by which libavformat opens what an address or a list names. libavformat itself looks at no
// certificate unless it is told to, and HLS forgets to tell.
int open_checked(AVFormatContext* format, AVIOContext** io, const char* url, int flags,
                 AVDictionary** options) {
  if ((flags & AVIO_FLAG_WRITE) != 0) return AVERROR(EACCES);
  AVDictionary* own = nullptr;
  if (options) ::av_dict_copy(&own, *options, 0);
  ::av_dict_set(&own, "protocol_whitelist", format->protocol_whitelist, 0);
  ::av_dict_set(&own, "tls_verify", "1", 0);
  const int opened = ::avio_open2(io, url, flags, &format->interrupt_callback, &own);
  if (options) std::swap(*options, own);
  ::av_dict_free(&own);
  return opened;
}

bool is_recorded(const AVStream& stream) {
  const auto& codec = *stream.codecpar;
  if (codec.codec_id == AV_CODEC_ID_NONE || (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0)
    return false;
  if (codec.codec_type == AVMEDIA_TYPE_VIDEO) return codec.width > 0 && codec.height > 0;
  return codec.codec_type == AVMEDIA_TYPE_AUDIO && codec.sample_rate > 0;
}

// The service that was asked for, or the one of the best picture or sound. Null: the streams stand alone.
const AVProgram* program_of(AVFormatContext& format, int service) {
  if (service > 0) {
    for (unsigned i = 0; i < format.nb_programs; ++i)
      if (format.programs[i]->id == service) return format.programs[i];
    return nullptr;
  }
  auto best = ::av_find_best_stream(&format, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (best < 0) best = ::av_find_best_stream(&format, AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
  return best < 0 ? nullptr : ::av_find_program_from_stream(&format, nullptr, best);
}

AVDictionary* options_of(const Kind& kind) {
  AVDictionary* options = nullptr;
  ::av_dict_set(&options, "protocol_whitelist", kind.protocols, 0);
  ::av_dict_set(&options, "format_whitelist", kind.formats, 0);
  ::av_dict_set(&options, "buffer_size", kSocketBuffer, 0);
  if (kind.scheme == "udp://") {
    ::av_dict_set(&options, "overrun_nonfatal", "1", 0);
    ::av_dict_set(&options, "fifo_size", kPacketsBuffered, 0);
  }
  // What comes by TCP comes through every router, and complete.
  if (kind.scheme == "rtsp://") ::av_dict_set(&options, "rtsp_flags", "prefer_tcp", 0);
  return options;
}

}  // namespace

std::int64_t wall_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}
std::int64_t mono_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

std::string said(int error) {
  char text[AV_ERROR_MAX_STRING_SIZE]{};
  ::av_strerror(error, text, sizeof text);
  return text;
}

std::optional<Silence> silence_of(const std::string& url) {
  const auto* kind = kind_of(url);
  return kind ? std::optional(kind->silence) : std::nullopt;
}

std::vector<int> choose(AVFormatContext& format, const AVProgram* program) {
  std::vector<int> chosen;
  const auto count = program ? program->nb_stream_indexes : format.nb_streams;
  for (unsigned i = 0; i < count; ++i) {
    const auto index = program ? program->stream_index[i] : i;
    if (is_recorded(*format.streams[index])) chosen.push_back(static_cast<int>(index));
  }
  for (unsigned i = 0; i < format.nb_streams; ++i)
    if (std::ranges::find(chosen, static_cast<int>(i)) == chosen.end())
      format.streams[i]->discard = AVDISCARD_ALL;
  return chosen;
}

Result<Input> Input::open(const std::string& url, int service, Patience& patience) {
  const auto* kind = kind_of(url);
  if (!kind) return refuse("live.address");
  auto* format = ::avformat_alloc_context();
  if (!format) throw std::bad_alloc();
  format->interrupt_callback = {ask_patience, &patience};
  format->io_open = open_checked;
  format->max_streams = kMostStreams;
  format->max_analyze_duration = kAnalyse;
  format->probesize = kProbe;
  auto* options = options_of(*kind);
  patience.wait_until(mono_ms() + kConnect);
  const int opened = ::avformat_open_input(&format, url.c_str(), nullptr, &options);  // frees it in failure
  ::av_dict_free(&options);
  if (opened < 0) return refuse("live.no_signal", {{"what", said(opened)}});
  Input input;
  input.format_.reset(format);
  const int found = ::avformat_find_stream_info(format, nullptr);
  if (found < 0) return refuse("live.no_signal", {{"what", said(found)}});
  const auto* program = program_of(*format, service);
  if (service > 0 && !program) return refuse("live.no_service", {{"what", std::to_string(service)}});
  input.streams_ = choose(*format, program);
  if (input.streams_.empty()) return refuse("live.no_streams");
  return input;
}

std::optional<std::size_t> Input::place_of(int stream) const {
  const auto found = std::ranges::find(streams_, stream);
  if (found == streams_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - streams_.begin());
}

bool Input::pictures() const {
  return std::ranges::any_of(streams_, [this](int index) {
    return format_->streams[index]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
  });
}

bool Input::replays() const { return std::string_view(format_->iformat->name) == "hls"; }

}  // namespace edu::live
