// A channel's address comes in, segments and lines about them leave. In edustation-record, on its one thread;
// what libavformat needs beside it (a thread for UDP's buffer) it makes itself.
#include "receiver/live/capture.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <map>
#include <new>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/fd.h"
#include "receiver/live/input.h"
#include "receiver/live/output.h"
#include "receiver/live/segments.h"

namespace edu::live {
namespace {

using libav::Handle;

constexpr std::int64_t kFirstPause = 500, kLongestWait = 10'000;  // ms between two attempts
constexpr std::int64_t kBeat = 1'000;           // ms between two lines, and between two syncs
constexpr std::int64_t kJump = 10'000'000;      // us: time stamps that leap further begin a new segment
constexpr std::int64_t kReplayed = 60'000'000;  // us: what a list of HLS brings a second time
constexpr std::int64_t kMostSegments = 10'000;  // of a recording: a file each, whatever the time stamps do
constexpr std::int64_t kPatientStart = 10'000;  // ms: until a channel has been opened is no gap

std::int64_t next_number(const std::filesystem::path& folder) {
  const auto segments = segments_in(folder);
  return segments.empty() ? 1 : std::atoll(segments.back().stem().c_str()) + 1;
}

// What was made in the folder is found there after a power cut.
bool make_durable(const std::filesystem::path& folder) {
  const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd && ::fsync(fd.get()) == 0;
}

class Capture {
 public:
  Capture(const RecordOrder& order, Silence silence, const std::atomic<bool>& stopped,
          const std::function<void(const RecordLine&)>& say);
  Result<RecordLine> run();

 private:
  enum class End { lost, jump, unfit, over, finished, full, disk };
  End take_all(Input& input);
  End take(Input& input);
  End copy(Input& input, OutputFile& file, AVPacket& packet);
  bool wanted(Input& input, AVPacket& packet);
  bool jumped(Input& input, const AVPacket& packet);
  void arrived();
  void beat();
  void wait(std::int64_t ms);
  RecordLine line(RecordLine::Kind kind) const;
  RecordLine end_line(End end) const;

  const RecordOrder& order_;
  Silence silence_;
  const std::function<void(const RecordLine&)>& say_;
  Patience patience_;
  std::int64_t number_;
  std::int64_t segments_ = 0, finished_bytes_ = 0, bytes_ = 0;
  std::int64_t last_wall_, last_mono_;  // of the last packet, or from when on there should have been one
  std::int64_t gap_after_;              // ms
  std::int64_t told_ = 0;
  std::optional<std::int64_t> last_us_;  // the last packet's time stamp
  std::map<int, std::int64_t> last_of_;  // and that of each stream
  bool began_ = false;                   // this segment: a picture that needs no other has come
  std::optional<Refusal> trouble_;       // why there is no signal
};

Capture::Capture(const RecordOrder& order, Silence silence, const std::atomic<bool>& stopped,
                 const std::function<void(const RecordLine&)>& say)
    : order_(order),
      silence_(silence),
      say_(say),
      patience_(stopped, mono_ms() + order.seconds * 1000, [this] { beat(); }),
      number_(next_number(order.folder)) {
  const auto written = last_written_ms(order.folder);
  const auto since = written.value_or(order.since_ms);
  const auto ago = std::max<std::int64_t>(wall_ms() - since, 0);
  last_wall_ = wall_ms() - ago;
  last_mono_ = mono_ms() - ago;
  gap_after_ = written ? silence.gap_after_ms : std::max(silence.gap_after_ms, kPatientStart);
}

RecordLine Capture::line(RecordLine::Kind kind) const {
  RecordLine out;
  out.kind = kind;
  out.bytes = finished_bytes_ + bytes_;
  out.segments = segments_;
  return out;
}

void Capture::beat() {
  const auto now = mono_ms();
  if (now - told_ < kBeat) return;
  told_ = now;
  auto out = line(RecordLine::Kind::progress);
  out.signal = segments_ > 0 && now - last_mono_ < silence_.gap_after_ms;
  if (!out.signal) out.trouble = trouble_;
  say_(out);
}

// A packet has come: a gap that ran is over.
void Capture::arrived() {
  const auto now = mono_ms();
  if (now - last_mono_ > gap_after_) {
    auto out = line(RecordLine::Kind::gap);
    out.gap = {last_wall_, now - last_mono_};
    say_(out);
  }
  gap_after_ = silence_.gap_after_ms;
  last_wall_ = wall_ms();
  last_mono_ = now;
  trouble_.reset();
}

void Capture::wait(std::int64_t ms) {
  for (const auto end = mono_ms() + ms; mono_ms() < end && !patience_.over();) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    beat();
  }
}

bool Capture::jumped(Input& input, const AVPacket& packet) {
  if (packet.dts == AV_NOPTS_VALUE) return false;
  const auto base = input.format().streams[packet.stream_index]->time_base;
  const auto now = ::av_rescale_q(packet.dts, base, {1, AV_TIME_BASE});
  // Each stream by itself: those of one multiplex may count from different beginnings.
  const auto before = last_of_.find(packet.stream_index);
  const bool far = before != last_of_.end() && std::abs(now - before->second) > kJump;
  if (far) last_of_.clear();  // the others leap too
  last_of_[packet.stream_index] = now;
  last_us_ = now;
  return far;
}

// A packet of ours, from the first picture on that needs no other, and not what a list brings once more.
bool Capture::wanted(Input& input, AVPacket& packet) {
  const auto& stream = *input.format().streams[packet.stream_index];
  if (!input.place_of(packet.stream_index)) return false;
  if (input.replays() && last_us_ && !began_ && packet.dts != AV_NOPTS_VALUE) {
    const auto before = *last_us_ - ::av_rescale_q(packet.dts, stream.time_base, {1, AV_TIME_BASE});
    if (before >= 0 && (input.finite() || before < kReplayed)) return false;
  }
  const bool picture = stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
  const bool begins = (picture && (packet.flags & AV_PKT_FLAG_KEY) != 0) || !input.pictures();
  began_ = began_ || begins;
  return began_;
}

Capture::End Capture::copy(Input& input, OutputFile& file, AVPacket& packet) {
  const auto lost_after = order_.lost_after_ms > 0 ? order_.lost_after_ms : silence_.lost_after_ms;
  auto heard = mono_ms();  // of a packet of ours, whatever else the multiplex brings
  for (auto synced = heard;;) {
    patience_.wait_until(heard + lost_after);
    const int read = ::av_read_frame(&input.format(), &packet);
    if (patience_.over()) return End::over;
    if (read == AVERROR_EOF && input.finite()) return End::finished;
    if (read < 0 || mono_ms() - heard > lost_after) return End::lost;
    if (input.place_of(packet.stream_index)) heard = mono_ms();
    if (!wanted(input, packet)) {
      ::av_packet_unref(&packet);
      continue;
    }
    if (jumped(input, packet)) return End::jump;
    arrived();
    const auto place = *input.place_of(packet.stream_index);
    const auto time_base = input.format().streams[packet.stream_index]->time_base;
    if (!file.write(packet, place, time_base)) return End::disk;
    bytes_ = file.bytes();
    if (finished_bytes_ + bytes_ >= order_.largest) return End::full;
    if (mono_ms() - synced >= kBeat) {
      if (!file.sync()) return End::disk;
      synced = mono_ms();
    }
    beat();
  }
}

// One segment.
Capture::End Capture::take(Input& input) {
  if (number_ > kMostSegments) return End::full;
  const auto path = order_.folder / fmt::format("{:06}.mkv", number_);
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
  if (!fd || !make_durable(order_.folder)) return End::disk;
  ++number_;
  const Handle<AVPacket> packet(::av_packet_alloc());
  if (!packet) throw std::bad_alloc();
  OutputFile file(fd.get(), input.format(), input.streams());
  if (!file.begin()) return file.failed() ? End::disk : End::unfit;
  ++segments_;
  began_ = false;
  const auto end = copy(input, file, *packet);
  const bool written = file.finish();
  finished_bytes_ += file.bytes();
  bytes_ = 0;
  return written ? end : End::disk;
}

// A leap of the time stamps begins a new segment; the channel stays open.
Capture::End Capture::take_all(Input& input) {
  for (;;) {
    const auto end = take(input);
    if (end != End::jump) return end;
  }
}

RecordLine Capture::end_line(End end) const {
  auto out = line(RecordLine::Kind::ended);
  out.why = end == End::finished  ? "finished"
            : end == End::full    ? "full"
            : patience_.stopped() ? "stopped"
                                  : "time";
  const auto silent = mono_ms() - last_mono_;
  if (end == End::over && silent > gap_after_) out.gap = {last_wall_, silent};
  return out;
}

Result<RecordLine> Capture::run() {
  std::int64_t back_off = kFirstPause;
  while (!patience_.over()) {
    auto input = Input::open(order_.url, order_.service, patience_);
    const auto before = last_mono_;
    auto end = End::lost;
    if (input)
      end = take_all(*input);
    else
      trouble_ = input.error();
    if (end == End::disk) return refuse("live.not_written", {{"what", std::strerror(errno)}});
    if (end == End::unfit) trouble_ = Refusal{"live.no_streams", {}, {}};
    if (end != End::lost && end != End::unfit) return end_line(end);
    if (input && !trouble_) trouble_ = Refusal{"live.no_signal", {}, {}};
    if (last_mono_ != before) back_off = kFirstPause;
    wait(back_off);
    back_off = std::min(back_off * 2, kLongestWait);
  }
  return end_line(End::over);
}

}  // namespace

Result<RecordLine> record(const RecordOrder& order, const std::atomic<bool>& stopped,
                          const std::function<void(const RecordLine&)>& say) {
  const auto silence = silence_of(order.url);
  if (!silence) return refuse("live.address");
  return Capture(order, *silence, stopped, say).run();
}

}  // namespace edu::live
