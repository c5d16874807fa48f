#include "player/probe/probe_length.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <optional>
#include <string_view>

#include "player/probe/probe_time.h"

namespace edu::player {
namespace {

constexpr milliseconds kTailOfLength{5000};
constexpr std::int64_t kSmall = 64 << 20;              // bytes: read whole, whatever the container
constexpr std::int64_t kLastPiece = 16 << 20;          // bytes that are read of the end of what is estimated
constexpr double kForReading = 0.5, kForTheEnd = 0.7;  // shares of the budget that are spent by then
constexpr int kMostFaultsInARow = 50;

milliseconds to_ms(std::int64_t microseconds) {
  return milliseconds(std::max<std::int64_t>(0, microseconds) / 1000);
}

// The heads of a further part of a chained Ogg file come as packets of its sound.
bool is_head(const AVPacket& packet) {
  const std::string_view bytes(reinterpret_cast<const char*>(packet.data),
                               static_cast<std::size_t>(packet.size));
  return bytes.starts_with("OpusHead") || bytes.starts_with("OpusTags") ||
         bytes.substr(1).starts_with("vorbis");
}

// Packets that were seen: how long they play, and how many were damaged.
class Seen {
 public:
  explicit Seen(const Input& input) : time_(input.restarts()), dense_(true), packet_(::av_packet_alloc()) {
    if (!packet_) throw std::bad_alloc();
  }

  // Reads on to the end of the file. False when that share of the budget was spent first.
  bool read_on(Input& input, double share = kForReading) {
    auto& format = input.format();
    for (int faults = 0; faults < kMostFaultsInARow;) {
      if (input.budget().spent(share)) return false;
      const int got = ::av_read_frame(&format, packet_.get());
      if (got == AVERROR_EOF) break;
      if (got < 0) {
        ++faults, ++damaged_;
        continue;
      }
      faults = 0;
      payload_ += packet_->size;
      note(*format.streams[packet_->stream_index]);
      ::av_packet_unref(packet_.get());
    }
    return true;
  }
  const PlayTime& time() const { return time_; }
  // The same without any gap of more than some seconds.
  const PlayTime& dense() const { return dense_; }
  std::int64_t payload() const { return payload_; }
  std::int64_t last() const { return last_; }  // the end of the latest packet, by the file's clock
  bool any() const { return any_; }
  std::int64_t damaged() const { return damaged_; }

 private:
  void note(const AVStream& stream) {
    if (!is_played(stream) || packet_->size == 0 || (packet_->flags & AV_PKT_FLAG_DISCARD) != 0) return;
    if (is_head(*packet_)) return;
    any_ = true;
    if ((packet_->flags & AV_PKT_FLAG_CORRUPT) != 0) {
      ++damaged_;
      return;
    }
    const auto time = [&](std::int64_t stamp) -> std::optional<std::int64_t> {
      if (stamp == AV_NOPTS_VALUE) return std::nullopt;
      return ::av_rescale_q(stamp, stream.time_base, AV_TIME_BASE_Q);
    };
    const auto duration =
        ::av_rescale_q(std::max<std::int64_t>(0, packet_->duration), stream.time_base, AV_TIME_BASE_Q);
    const auto decoded = time(packet_->dts), shown = time(packet_->pts);
    time_.stream(stream.index).add(decoded, shown, duration);
    dense_.stream(stream.index).add(decoded, shown, duration);
    if (const auto seen = shown ? shown : decoded) last_ = std::max(last_, *seen + duration);
  }

  PlayTime time_, dense_;
  std::int64_t payload_ = 0;
  libav::Handle<AVPacket> packet_;
  std::int64_t last_ = 0;
  std::int64_t damaged_ = 0;
  bool any_ = false;
};

std::int64_t start_of(const AVFormatContext& format) {
  return format.start_time == AV_NOPTS_VALUE ? 0 : format.start_time;
}

// By the container's own words. libav takes the file's size where they are missing or seem wrong, which is
// when they matter.
milliseconds declared_by(const Input& input, FileBytes& file) {
  const auto& container = input.container();
  const auto head = file.text_at(0, 256 * 1024);
  if (container == "mp3") {
    const auto audio = file.text_at(static_cast<std::int64_t>(id3v2_length(bytes_of(head))), 4096);
    return mp3_declared(bytes_of(audio)).value_or(milliseconds(0));
  }
  if (container == "asf") return asf_declared(bytes_of(head)).value_or(milliseconds(0));
  if (container == "wav") return wav_declared(bytes_of(head)).value_or(milliseconds(0));
  if (container == "avi")
    if (const auto declared = avi_declared(bytes_of(head))) return *declared;
  const auto& format = input.format();
  if (container == "mpeg" || container == "mpegts" || format.duration <= 0) return milliseconds(0);
  if (format.duration_estimation_method != AVFMT_DURATION_FROM_STREAM) return milliseconds(0);
  return to_ms(format.duration);
}

// The last seconds alone, for files with one clock. nullopt where they do not bear out the header.
std::optional<Length> measure_tail(Input& input, milliseconds declared) {
  auto& format = input.format();
  const auto end = start_of(format) + std::chrono::microseconds(declared).count();
  const auto target = std::max(start_of(format), end - std::chrono::microseconds(kTailOfLength).count());
  if (::avformat_seek_file(&format, -1, INT64_MIN, target, target, 0) < 0) return std::nullopt;
  Seen tail(input);
  if (!tail.read_on(input) || !tail.any()) return std::nullopt;
  const auto readable = to_ms(tail.last() - start_of(format));
  if (std::chrono::abs(readable - declared) > milliseconds(1000)) return std::nullopt;
  return Length{declared, readable, false, tail.damaged()};
}

// There was no time to read everything: by the clock at the end, where it fits the bytes, else by the bytes.
std::int64_t estimate(Input& input, const Seen& read) {
  auto& format = input.format();
  const auto at = std::max<std::int64_t>(1, ::avio_tell(format.pb));
  const auto by_bytes = static_cast<double>(read.time().played()) * static_cast<double>(input.size()) /
                        static_cast<double>(std::min(at, input.size()));
  const auto piece = std::max<std::int64_t>(0, input.size() - kLastPiece);
  Seen end(input);
  if (read.time().parts() == 1 && ::av_seek_frame(&format, -1, piece, AVSEEK_FLAG_BYTE) >= 0) {
    end.read_on(input, kForTheEnd);
    const auto by_clock = static_cast<double>(end.last() - read.last() + read.time().played());
    if (end.any() && std::abs(by_clock - by_bytes) < by_bytes / 4) return static_cast<std::int64_t>(by_clock);
  }
  return static_cast<std::int64_t>(by_bytes);
}

// In a container with one clock a gap is a gap, a slide that stays; but when the header knows nothing of it,
// it is a time stamp that was damaged.
milliseconds played(const Seen& seen, milliseconds declared) {
  const auto with_gaps = to_ms(seen.time().played()), dense = to_ms(seen.dense().played());
  const auto much = declared + std::max(milliseconds(60'000), declared / 4);
  return declared > milliseconds(0) && with_gaps > much ? dense : with_gaps;
}

Result<Length> measure_whole(Input& input, milliseconds declared) {
  Length length;
  length.declared = declared;
  Seen seen(input);
  const bool all = seen.read_on(input);
  if (!seen.any()) return refuse("player.damaged", {{"container", input.container()}});
  length.damaged = seen.damaged();
  length.estimated = !all;
  length.readable = all ? played(seen, declared) : to_ms(estimate(input, seen));
  if (all) length.payload = seen.payload();
  return length;
}

}  // namespace

bool is_cover(const AVStream& stream) { return (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0; }

bool is_played(const AVStream& stream) {
  const auto type = stream.codecpar->codec_type;
  return (type == AVMEDIA_TYPE_VIDEO && !is_cover(stream)) || type == AVMEDIA_TYPE_AUDIO;
}

Result<Length> measure(Input& input, FileBytes& file) {
  const auto declared = declared_by(input, file);
  if (input.size() <= kSmall || input.restarts() || declared <= milliseconds(0))
    return measure_whole(input, declared);
  if (const auto tail = measure_tail(input, declared)) return *tail;
  auto again = input.open_again();  // some demuxers do not find back to the start
  if (!again) return Unexpected(again.error());
  return measure_whole(*again, declared);
}

}  // namespace edu::player
