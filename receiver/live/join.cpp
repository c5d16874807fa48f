#include "receiver/live/join.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <new>
#include <optional>

#include "receiver/live/input.h"
#include "receiver/live/output.h"
#include "receiver/live/segments.h"

namespace edu::live {
namespace {

using libav::Handle;

constexpr std::int64_t kTellEvery = 1'000;  // ms

int open_nothing(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EACCES);
}

// A segment of ours; null: nothing that could be kept came into it.
Handle<AVFormatContext> open_segment(const std::filesystem::path& path) {
  auto* format = ::avformat_alloc_context();
  if (!format) throw std::bad_alloc();
  AVDictionary* options = nullptr;
  ::av_dict_set(&options, "protocol_whitelist", "file", 0);
  ::av_dict_set(&options, "format_whitelist", "matroska", 0);
  const int opened = ::avformat_open_input(&format, ("file:" + path.string()).c_str(), nullptr, &options);
  ::av_dict_free(&options);
  if (opened < 0) return {};
  Handle<AVFormatContext> segment(format);
  segment->io_open = open_nothing;
  if (::avformat_find_stream_info(format, nullptr) < 0) return {};
  return segment;
}

std::uintmax_t size_of(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

Unexpected not_written() { return refuse("live.not_written", {{"what", std::strerror(errno)}}); }

class Joining {
 public:
  Joining(int fd, const std::function<void(const JoinLine&)>& say) : fd_(fd), say_(say) {}

  // The form of the file; false: this segment has none.
  bool begin(AVFormatContext& like);
  // False when it cannot be written to disk.
  bool add(AVFormatContext& segment);
  Result<JoinLine> finish();

 private:
  std::optional<std::vector<int>> matching(AVFormatContext& segment) const;
  bool copy(AVFormatContext& segment, const std::vector<int>& streams);
  void beat();

  int fd_;
  const std::function<void(const JoinLine&)>& say_;
  std::unique_ptr<OutputFile> file_;
  std::vector<AVCodecID> codecs_;
  std::int64_t offset_ = 0;  // us: where the next segment begins
  std::int64_t told_ = 0;
  JoinLine out_;
};

bool Joining::begin(AVFormatContext& like) {
  const auto streams = choose(like, nullptr);
  if (streams.empty()) return false;
  for (const int index : streams) codecs_.push_back(like.streams[index]->codecpar->codec_id);
  file_ = std::make_unique<OutputFile>(fd_, like, streams);
  return file_->begin();
}

// This segment's streams in the order of the file's; a stream that it lacks is -1. nullopt: it has none.
std::optional<std::vector<int>> Joining::matching(AVFormatContext& segment) const {
  std::vector<int> streams;
  std::vector<bool> used(segment.nb_streams);
  for (const auto codec : codecs_) {
    int found = -1;
    for (unsigned i = 0; i < segment.nb_streams && found < 0; ++i)
      if (!used[i] && segment.streams[i]->codecpar->codec_id == codec) found = static_cast<int>(i);
    if (found >= 0) used[static_cast<std::size_t>(found)] = true;
    streams.push_back(found);
  }
  if (std::ranges::all_of(streams, [](int index) { return index < 0; })) return std::nullopt;
  return streams;
}

void Joining::beat() {
  if (mono_ms() - told_ < kTellEvery) return;
  told_ = mono_ms();
  JoinLine line;
  line.bytes = file_->bytes();
  say_(line);
}

bool Joining::add(AVFormatContext& segment) {
  const auto streams = matching(segment);
  if (streams) return copy(segment, *streams);
  ++out_.left_out;
  const auto start = segment.start_time == AV_NOPTS_VALUE ? 0 : segment.start_time;
  out_.left_out_ms += std::max<std::int64_t>((segment.duration - start) / 1000, 0);  // Matroska's is its end
  return true;
}

bool Joining::copy(AVFormatContext& segment, const std::vector<int>& streams) {
  const auto start = segment.start_time == AV_NOPTS_VALUE ? 0 : segment.start_time;
  auto end = offset_;
  const Handle<AVPacket> packet(::av_packet_alloc());
  if (!packet) throw std::bad_alloc();
  for (; ::av_read_frame(&segment, packet.get()) >= 0; beat()) {
    const auto place = std::ranges::find(streams, packet->stream_index) - streams.begin();
    if (place == static_cast<std::ptrdiff_t>(streams.size()) || packet->pts == AV_NOPTS_VALUE) {
      ::av_packet_unref(packet.get());
      continue;
    }
    const auto base = segment.streams[packet->stream_index]->time_base;
    const auto shift = ::av_rescale_q(offset_ - start, {1, AV_TIME_BASE}, base);
    packet->pts += shift;
    if (packet->dts != AV_NOPTS_VALUE) packet->dts += shift;
    end = std::max(end, ::av_rescale_q(packet->pts + packet->duration, base, {1, AV_TIME_BASE}));
    if (!file_->write(*packet, static_cast<std::size_t>(place), base)) return false;
  }
  offset_ = end;
  return true;
}

Result<JoinLine> Joining::finish() {
  if (offset_ == 0) return refuse("live.no_data");
  if (!file_->finish()) return not_written();
  out_.last = true;
  out_.bytes = file_->bytes();
  out_.duration_ms = offset_ / 1000;
  return out_;
}

}  // namespace

Result<JoinLine> join(const std::filesystem::path& folder, int fd,
                      const std::function<void(const JoinLine&)>& say) {
  const auto segments = segments_in(folder);
  auto by_size = segments;
  std::ranges::stable_sort(by_size, std::ranges::greater(), size_of);
  Joining joining(fd, say);
  bool begun = false;
  for (auto path = by_size.begin(); !begun && path != by_size.end(); ++path)
    if (const auto segment = open_segment(*path)) begun = joining.begin(*segment);
  if (!begun) return refuse("live.no_data");
  for (const auto& path : segments)
    if (const auto segment = open_segment(path); segment && !joining.add(*segment)) return not_written();
  return joining.finish();
}

}  // namespace edu::live
