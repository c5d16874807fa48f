// A channel's address comes in, segments and lines about them leave. In edustation-record, on its one thread;
// what libavformat needs beside it (a thread for UDP's buffer) it makes itself.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <new>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <base/fd.h>
#include <receiver/record_stream.h>

namespace edu::receiver {
namespace {

using player::libav::Handle;

constexpr std::int64_t kConnect = 15'000;      // ms until a channel must show what it holds
constexpr std::int64_t kLongestWait = 10'000;  // ms between two attempts
constexpr std::int64_t kJump = 10;             // s: time stamps that leap further begin a new segment
constexpr int kBuffer = 64 * 1024;

std::string said(int error) {
  char text[AV_ERROR_MAX_STRING_SIZE]{};
  ::av_strerror(error, text, sizeof text);
  return text;
}

int ask_patience(void* opaque) { return static_cast<Patience*>(opaque)->spent() ? 1 : 0; }

// What may be opened for an address of this kind, and by whatever it names: never a file.
struct Kind {
  std::string_view scheme;
  const char *protocols, *formats;
};
constexpr Kind kKinds[] = {
    {"udp://", "udp,rtp", "mpegts"},
    {"rtp://", "rtp,udp", "rtp,mpegts"},
    {"rtsp://", "rtsp,rtp,udp,tcp", "rtsp,rtp,mpegts,sdp"},
    {"rtsps://", "rtsp,rtsps,rtp,udp,tcp,tls,crypto", "rtsp,rtp,mpegts,sdp"},
    {"http://", "http,https,tcp,tls,crypto,httpproxy",
     "hls,applehttp,mpegts,mpeg,mov,mp4,flv,aac,mp3,ogg,matroska,webm,webvtt"},
    {"https://", "https,tcp,tls,crypto,httpproxy",
     "hls,applehttp,mpegts,mpeg,mov,mp4,flv,aac,mp3,ogg,matroska,webm,webvtt"},
};

const Kind* kind_of(const std::string& url) {
  for (const auto& kind : kKinds)
    if (url.starts_with(kind.scheme)) return &kind;
  return nullptr;
}

bool is_recorded(const AVStream& stream) {
  const auto type = stream.codecpar->codec_type;
  const bool cover = (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
  return (type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_AUDIO) && !cover &&
         stream.codecpar->codec_id != AV_CODEC_ID_NONE;
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

int open_nothing(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EACCES);
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

bool Patience::over() const { return (stopped && *stopped) || mono_ms() >= end_mono_ms; }

Result<LiveInput> LiveInput::open(const std::string& url, int service, Patience& patience) {
  const auto* kind = kind_of(url);
  if (!kind) return refuse("receiver.live_address");
  auto* format = ::avformat_alloc_context();
  if (!format) throw std::bad_alloc();
  format->interrupt_callback = {ask_patience, &patience};
  format->max_streams = 64;
  format->max_analyze_duration = 5 * AV_TIME_BASE;
  format->probesize = 5'000'000;
  AVDictionary* options = nullptr;
  ::av_dict_set(&options, "protocol_whitelist", kind->protocols, 0);
  ::av_dict_set(&options, "format_whitelist", kind->formats, 0);
  if (kind->scheme == "udp://") ::av_dict_set(&options, "overrun_nonfatal", "1", 0);
  patience.quiet_until_mono_ms = mono_ms() + kConnect;
  const int opened =
      ::avformat_open_input(&format, url.c_str(), nullptr, &options);  // frees it when it fails
  ::av_dict_free(&options);
  if (opened < 0) return refuse("receiver.live_no_signal", {{"what", said(opened)}});
  LiveInput input;
  input.format_.reset(format);
  const int found = ::avformat_find_stream_info(format, nullptr);
  if (found < 0) return refuse("receiver.live_no_signal", {{"what", said(found)}});
  const auto* program = program_of(*format, service);
  if (service > 0 && !program) return refuse("receiver.live_no_service", {{"what", std::to_string(service)}});
  input.streams_ = choose(*format, program);
  if (input.streams_.empty()) return refuse("receiver.live_no_streams");
  return input;
}

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

OutputFile::OutputFile(const char* format, int fd, AVFormatContext& like, const std::vector<int>& streams)
    : fd_(fd) {
  auto* buffer = static_cast<unsigned char*>(::av_malloc(kBuffer));
  if (!buffer) throw std::bad_alloc();
  io_.reset(::avio_alloc_context(buffer, kBuffer, 1, this, nullptr, &OutputFile::put, &OutputFile::seek));
  AVFormatContext* made = nullptr;
  if (!io_ || ::avformat_alloc_output_context2(&made, nullptr, format, nullptr) < 0) throw std::bad_alloc();
  format_.reset(made);
  made->pb = io_.get();
  made->flags |= AVFMT_FLAG_CUSTOM_IO;
  made->max_interleave_delta = AV_TIME_BASE;
  for (const int index : streams) {
    auto* stream = ::avformat_new_stream(made, nullptr);
    if (!stream || ::avcodec_parameters_copy(stream->codecpar, like.streams[index]->codecpar) < 0)
      throw std::bad_alloc();
    stream->codecpar->codec_tag = 0;
    stream->sample_aspect_ratio = like.streams[index]->sample_aspect_ratio;
    stream->time_base = like.streams[index]->time_base;
    ::av_dict_copy(&stream->metadata, like.streams[index]->metadata, 0);
  }
}

OutputFile::~OutputFile() = default;

bool OutputFile::begin() { return ::avformat_write_header(format_.get(), nullptr) >= 0 && !failed_; }

bool OutputFile::write(AVPacket& packet, std::size_t place, AVRational time_base) {
  packet.stream_index = static_cast<int>(place);
  packet.pos = -1;
  ::av_packet_rescale_ts(&packet, time_base, format_->streams[place]->time_base);
  ::av_interleaved_write_frame(format_.get(), &packet);
  return !failed_;
}

bool OutputFile::sync() {
  ::av_interleaved_write_frame(format_.get(), nullptr);
  ::avio_flush(io_.get());
  return !failed_ && ::fdatasync(fd_) == 0;
}

bool OutputFile::finish() {
  ::av_write_trailer(format_.get());
  ::avio_flush(io_.get());
  return !failed_ && ::fdatasync(fd_) == 0;
}

std::vector<std::filesystem::path> segments_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> segments;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.path().extension() == ".ts") segments.push_back(entry.path());
  std::ranges::sort(segments);
  return segments;
}

namespace {

// One run of edustation-record.
class Recording {
 public:
  Recording(const RecordOptions& options, const std::atomic<bool>& stopped,
            const std::function<void(const RecordLine&)>& say)
      : options_(options), say_(say), number_(segments_in(options.folder).size()) {
    patience_.stopped = &stopped;
    patience_.end_mono_ms = mono_ms() + options.seconds * 1000;
    lost_since_ = wall_ms();
  }

  Result<RecordLine> run();

 private:
  enum class End { lost, jump, over, finished, disk };
  End take(LiveInput& input);
  End copy(LiveInput& input, OutputFile& file, AVPacket& packet);
  bool begins(const LiveInput& input, const AVPacket& packet);
  bool jumped(const LiveInput& input, const AVPacket& packet);
  void signal();
  void tell(bool signal);
  void wait(std::int64_t ms);
  RecordLine line(RecordLine::Kind kind) const;

  const RecordOptions& options_;
  const std::function<void(const RecordLine&)>& say_;
  Patience patience_;
  std::size_t number_;
  std::int64_t segments_ = 0, finished_bytes_ = 0, bytes_ = 0;
  std::int64_t lost_since_ = 0;  // wall; 0: there is a signal
  std::int64_t last_packet_ = 0, told_ = 0;
  std::int64_t last_seconds_ = INT64_MIN;  // of the last packet's time stamp
  bool started_ = false;
  std::string failure_;
};

RecordLine Recording::line(RecordLine::Kind kind) const {
  RecordLine out;
  out.kind = kind;
  out.bytes = finished_bytes_ + bytes_;
  out.segments = segments_;
  return out;
}

void Recording::tell(bool signal) {
  if (mono_ms() - told_ < 1000) return;
  told_ = mono_ms();
  auto out = line(RecordLine::Kind::progress);
  out.signal = signal;
  say_(out);
}

// A packet has come: a gap that ran is over.
void Recording::signal() {
  const auto now = wall_ms();
  if (lost_since_ != 0 && segments_ > 1) {
    auto out = line(RecordLine::Kind::gap);
    out.gap = {lost_since_, std::max<std::int64_t>(now - lost_since_, 0)};
    say_(out);
  }
  lost_since_ = 0;
  last_packet_ = now;
}

void Recording::wait(std::int64_t ms) {
  for (const auto end = mono_ms() + ms; mono_ms() < end && !patience_.over();) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    tell(false);
  }
}

// A segment begins with a picture that needs no other.
bool Recording::begins(const LiveInput&, const AVPacket& packet) {
  return (packet.flags & AV_PKT_FLAG_KEY) != 0;
}

bool Recording::jumped(const LiveInput& input, const AVPacket& packet) {
  if (packet.dts == AV_NOPTS_VALUE) return false;
  auto& format = const_cast<LiveInput&>(input).format();
  const auto seconds = ::av_rescale_q(packet.dts, format.streams[packet.stream_index]->time_base, {1, 1});
  const bool far = last_seconds_ != INT64_MIN && std::abs(seconds - last_seconds_) > kJump;
  last_seconds_ = seconds;
  return far;
}

Recording::End Recording::copy(LiveInput& input, OutputFile& file, AVPacket& packet) {
  const auto& streams = input.streams();
  auto& format = input.format();
  const bool pictures = std::ranges::any_of(
      streams, [&](int i) { return format.streams[i]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO; });
  bool began = !pictures;
  last_seconds_ = INT64_MIN;
  for (auto synced = mono_ms();;) {
    patience_.quiet_until_mono_ms = mono_ms() + options_.lost_after_ms;
    const int read = ::av_read_frame(&format, &packet);
    if (patience_.over()) return End::over;
    if (read == AVERROR_EOF && input.finite()) return End::finished;
    if (read < 0) return End::lost;
    const auto place = std::ranges::find(streams, packet.stream_index) - streams.begin();
    const bool wanted = place < static_cast<std::ptrdiff_t>(streams.size());
    const auto& stream = *format.streams[packet.stream_index];
    began = began || (wanted && stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO && begins(input, packet));
    if (!wanted || !began) {
      ::av_packet_unref(&packet);
      continue;
    }
    if (jumped(input, packet)) return End::jump;
    signal();
    if (!file.write(packet, static_cast<std::size_t>(place), stream.time_base)) return End::disk;
    bytes_ = file.bytes();
    if (finished_bytes_ + bytes_ >= options_.largest) return End::over;
    if (mono_ms() - synced >= 1000) {
      if (!file.sync()) return End::disk;
      synced = mono_ms();
    }
    tell(true);
  }
}

// One segment.
Recording::End Recording::take(LiveInput& input) {
  const auto path = options_.folder / fmt::format("{:06}.ts", ++number_);
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
  if (!fd) return End::disk;
  const Handle<AVPacket> packet(::av_packet_alloc());
  if (!packet) throw std::bad_alloc();
  OutputFile file("mpegts", fd.get(), input.format(), input.streams());
  ++segments_;
  if (!file.begin()) return End::disk;
  const auto end = copy(input, file, *packet);
  const bool written = file.finish();
  finished_bytes_ += file.bytes();
  bytes_ = 0;
  return written ? end : End::disk;
}

Result<RecordLine> Recording::run() {
  std::optional<Refusal> why;
  std::int64_t back_off = 500;
  for (bool going = true; going && !patience_.over();) {
    auto input = LiveInput::open(options_.url, options_.service, patience_);
    if (!input) {
      if (input.error().code == "receiver.live_address") return Unexpected(input.error());
      why = input.error();
      wait(back_off);
      back_off = std::min(back_off * 2, kLongestWait);
      continue;
    }
    auto end = End::jump;
    while (end == End::jump) end = take(*input);
    if (end == End::disk) return refuse("receiver.live_not_written", {{"what", std::strerror(errno)}});
    if (end == End::lost && lost_since_ == 0) lost_since_ = last_packet_;
    if (last_packet_ != 0) back_off = 500;
    if (end == End::lost) wait(back_off);
    going = end == End::lost;
  }
  if (finished_bytes_ == 0) return Unexpected(why.value_or(Refusal{"receiver.live_no_signal", {}, {}}));
  auto out = line(RecordLine::Kind::ended);
  if (lost_since_ != 0) out.gap = {lost_since_, std::max<std::int64_t>(wall_ms() - lost_since_, 0)};
  return out;
}

// The segments' packets on one line of time.
class Joining {
 public:
  explicit Joining(int fd) : fd_(fd) {}
  std::optional<Refusal> add(const std::filesystem::path& segment);
  Result<JoinedRecording> finish();

 private:
  std::optional<std::vector<int>> matching(AVFormatContext& format) const;

  int fd_;
  std::unique_ptr<OutputFile> file_;
  std::vector<AVMediaType> types_;
  std::int64_t offset_ = 0;  // us: where the next segment begins
};

// The streams of this segment in the order of the first one's; a stream that it lacks is -1.
std::optional<std::vector<int>> Joining::matching(AVFormatContext& format) const {
  std::vector<int> streams;
  std::vector<bool> used(format.nb_streams);
  for (const auto type : types_) {
    int found = -1;
    for (unsigned i = 0; i < format.nb_streams && found < 0; ++i)
      if (!used[i] && format.streams[i]->codecpar->codec_type == type) found = static_cast<int>(i);
    if (found >= 0) used[static_cast<std::size_t>(found)] = true;
    streams.push_back(found);
  }
  if (std::ranges::all_of(streams, [](int i) { return i < 0; })) return std::nullopt;
  return streams;
}

std::optional<Refusal> Joining::add(const std::filesystem::path& segment) {
  auto* opened = ::avformat_alloc_context();
  if (!opened) throw std::bad_alloc();
  AVDictionary* options = nullptr;
  ::av_dict_set(&options, "protocol_whitelist", "file", 0);
  ::av_dict_set(&options, "format_whitelist", "mpegts", 0);
  const int error = ::avformat_open_input(&opened, ("file:" + segment.string()).c_str(), nullptr, &options);
  ::av_dict_free(&options);
  if (error < 0) return std::nullopt;  // nothing that could be kept came into it
  const Handle<AVFormatContext> format(opened);
  format->io_open = open_nothing;
  if (::avformat_find_stream_info(format.get(), nullptr) < 0) return std::nullopt;
  if (!file_) {
    const auto streams = choose(*format, nullptr);
    if (streams.empty()) return std::nullopt;
    for (const int index : streams) types_.push_back(format->streams[index]->codecpar->codec_type);
    file_ = std::make_unique<OutputFile>("matroska", fd_, *format, streams);
    if (!file_->begin()) return Refusal{"receiver.live_not_written", {{"what", std::strerror(errno)}}, {}};
  }
  const auto streams = matching(*format);
  if (!streams) return std::nullopt;
  const auto start = format->start_time == AV_NOPTS_VALUE ? 0 : format->start_time;
  auto end = offset_;
  const Handle<AVPacket> packet(::av_packet_alloc());
  if (!packet) throw std::bad_alloc();
  while (::av_read_frame(format.get(), packet.get()) >= 0) {
    const auto place = std::ranges::find(*streams, packet->stream_index) - streams->begin();
    const auto base = format->streams[packet->stream_index]->time_base;
    const auto shift = ::av_rescale_q(offset_ - start, {1, AV_TIME_BASE}, base);
    if (place == static_cast<std::ptrdiff_t>(streams->size()) || packet->dts == AV_NOPTS_VALUE ||
        packet->pts == AV_NOPTS_VALUE) {
      ::av_packet_unref(packet.get());
      continue;
    }
    packet->pts += shift;
    packet->dts += shift;
    end = std::max(end, ::av_rescale_q(packet->pts + packet->duration, base, {1, AV_TIME_BASE}));
    if (!file_->write(*packet, static_cast<std::size_t>(place), base))
      return Refusal{"receiver.live_not_written", {{"what", std::strerror(errno)}}, {}};
  }
  offset_ = end;
  return std::nullopt;
}

Result<JoinedRecording> Joining::finish() {
  if (!file_ || offset_ == 0) return refuse("receiver.live_no_data");
  if (!file_->finish()) return refuse("receiver.live_not_written", {{"what", std::strerror(errno)}});
  return JoinedRecording{file_->bytes(), offset_ / 1000};
}

}  // namespace

Result<RecordLine> record(const RecordOptions& options, const std::atomic<bool>& stopped,
                          const std::function<void(const RecordLine&)>& say) {
  return Recording(options, stopped, say).run();
}

Result<JoinedRecording> join(const std::filesystem::path& folder, int fd) {
  Joining joining(fd);
  for (const auto& segment : segments_in(folder))
    if (auto refusal = joining.add(segment)) return Unexpected(*std::move(refusal));
  return joining.finish();
}

}  // namespace edu::receiver
