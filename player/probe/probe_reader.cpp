#include "player/probe/probe_reader.h"

#include <algorithm>
#include <array>
#include <new>
#include <optional>

#include "base/text.h"
#include "player/probe/probe_input.h"
#include "player/probe/probe_poster.h"

namespace edu::player {
namespace {

constexpr milliseconds kTail{5000};
constexpr int kMostFaultsInARow = 50;
constexpr std::size_t kLongestTag = 400;
constexpr std::array kLooks{10, 50, 90};  // percent of the duration at which a picture is decoded

bool is_cover(const AVStream& stream) { return (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0; }

bool is_played(const AVStream& stream) {
  const auto type = stream.codecpar->codec_type;
  return (type == AVMEDIA_TYPE_VIDEO && !is_cover(stream)) || type == AVMEDIA_TYPE_AUDIO;
}

std::string clean(const char* text, bool latin1) {
  auto utf8 = to_utf8(text ? text : "");
  if (latin1)
    if (auto undone = undo_latin1(utf8)) utf8 = *std::move(undone);
  const auto line = one_line(utf8);
  return one_line(truncate_utf8(line, kLongestTag));
}

const char* type_of(const AVStream& stream) {
  switch (stream.codecpar->codec_type) {
    case AVMEDIA_TYPE_VIDEO:
      return is_cover(stream) ? "cover" : "video";
    case AVMEDIA_TYPE_AUDIO:
      return "audio";
    case AVMEDIA_TYPE_SUBTITLE:
      return "subtitle";
    default:
      return "data";
  }
}

MediaStream describe(const AVStream& stream) {
  const auto& parameters = *stream.codecpar;
  MediaStream out;
  out.type = type_of(stream);
  if (parameters.codec_id != AV_CODEC_ID_NONE) out.codec = ::avcodec_get_name(parameters.codec_id);
  out.width = std::max(0, parameters.width);
  out.height = std::max(0, parameters.height);
  out.sample_rate = std::max(0, parameters.sample_rate);
  out.channels = std::max(0, parameters.ch_layout.nb_channels);
  const auto* language = ::av_dict_get(stream.metadata, "language", nullptr, 0);
  if (language && std::string_view(language->value) != "und") out.language = clean(language->value, false);
  return out;
}

void add_tags(std::map<std::string, std::string>& tags, const AVDictionary* metadata, bool latin1) {
  constexpr std::array<std::array<const char*, 2>, 11> names{{{"title", "title"},
                                                              {"lecturer", "lecturer"},
                                                              {"lecturer", "artist"},
                                                              {"lecturer", "author"},
                                                              {"lecturer", "performer"},
                                                              {"album", "album"},
                                                              {"genre", "genre"},
                                                              {"date", "date"},
                                                              {"comment", "comment"},
                                                              {"comment", "description"},
                                                              {"language", "language"}}};
  for (const auto& [ours, theirs] : names) {
    const auto* entry = ::av_dict_get(metadata, theirs, nullptr, 0);
    auto value = entry ? clean(entry->value, latin1) : std::string();
    if (!value.empty() && value != "und") tags.emplace(ours, std::move(value));
  }
}

// Packets that were seen: how far in time they reach, and how many were damaged.
class Seen {
 public:
  explicit Seen(const AVFormatContext& format) : format_(format), packet_(::av_packet_alloc()) {
    if (!packet_) throw std::bad_alloc();
  }

  // Reads on to the end of the file, or of the budget.
  void read_on(AVFormatContext& format) {
    for (int faults = 0; faults < kMostFaultsInARow;) {
      const int got = ::av_read_frame(&format, packet_.get());
      if (got == AVERROR_EOF) return;
      if (got < 0) {
        ++faults, ++damaged_;
        continue;
      }
      faults = 0;
      note(*packet_);
      ::av_packet_unref(packet_.get());
    }
  }
  milliseconds end() const { return milliseconds(std::max<std::int64_t>(0, end_) / 1000); }
  bool any() const { return any_; }
  std::int64_t damaged() const { return damaged_; }

 private:
  void note(const AVPacket& packet) {
    const auto& stream = *format_.streams[packet.stream_index];
    if (!is_played(stream) || packet.size == 0) return;
    any_ = true;
    if ((packet.flags & AV_PKT_FLAG_CORRUPT) != 0) {
      ++damaged_;
      return;
    }
    const auto time = packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
    if (time == AV_NOPTS_VALUE) return;
    const auto start = format_.start_time == AV_NOPTS_VALUE ? 0 : format_.start_time;
    const auto until =
        ::av_rescale_q(time + std::max<std::int64_t>(0, packet.duration), stream.time_base, AV_TIME_BASE_Q);
    end_ = std::max(end_, until - start);
  }

  const AVFormatContext& format_;
  libav::Handle<AVPacket> packet_;
  std::int64_t end_ = 0;  // AV_TIME_BASE units from the file's start
  std::int64_t damaged_ = 0;
  bool any_ = false;
};

milliseconds declared_by(const Input& input, int fd) {
  const auto head = read_at(fd, 0, 256 * 1024);
  if (input.container() == "mp3") {
    const auto audio = read_at(fd, static_cast<std::int64_t>(id3v2_length(bytes_of(head))), 4096);
    return mp3_declared(bytes_of(audio)).value_or(milliseconds(0));
  }
  if (input.container() == "asf") return asf_declared(bytes_of(head)).value_or(milliseconds(0));
  if (input.container() == "wav") return wav_declared(bytes_of(head)).value_or(milliseconds(0));
  if (input.container() == "avi")
    if (const auto declared = avi_declared(bytes_of(head))) return *declared;
  const auto& format = input.format();
  if (input.container() == "mpeg" || input.container() == "mpegts" || format.duration <= 0)
    return milliseconds(0);
  if (format.duration_estimation_method != AVFMT_DURATION_FROM_STREAM) return milliseconds(0);
  return milliseconds(format.duration / 1000);
}

bool ends_early(milliseconds declared, milliseconds readable) {
  return readable + std::max(milliseconds(1000), declared / 200) < declared;
}

struct Extent {
  milliseconds readable{};
  std::int64_t damaged = 0;
};

Extent extent_of(const Seen& seen) { return {seen.end(), seen.damaged()}; }

Result<Extent> read_whole(int fd, const Budget& budget) {
  auto input =
      Input::open(fd, budget);  // again: where seeking fails, some demuxers do not find back to the start
  if (!input) return Unexpected(input.error());
  Seen seen(input->format());
  seen.read_on(input->format());
  if (!seen.any()) return refuse("player.damaged", {{"container", input->container()}});
  return extent_of(seen);
}

Result<Extent> find_end(Input& input, int fd, milliseconds declared, bool video) {
  auto& format = input.format();
  if (!video || format.duration <= 0) return read_whole(fd, input.budget());
  const auto start = format.start_time == AV_NOPTS_VALUE ? 0 : format.start_time;
  const auto target =
      start + std::max<std::int64_t>(0, format.duration - std::chrono::microseconds(kTail).count());
  Seen tail(format);
  if (::avformat_seek_file(&format, -1, INT64_MIN, target, target, 0) >= 0) tail.read_on(format);
  if (tail.any() && tail.end() > milliseconds(0) && !ends_early(declared, tail.end())) return extent_of(tail);
  return read_whole(fd, input.budget());
}

// A picture for the lists, and a look at some others: do they decode?
void look_at_pictures(Input& input, int stream, MediaInfo& info) {
  auto& format = input.format();
  PictureSampler sampler(format, stream);
  if (is_cover(*format.streams[stream])) {
    if (sampler.look_at_cover()) info.poster = to_jpeg(sampler.frame());
    return;
  }
  for (const int percent : kLooks) {
    if (input.budget().spent()) break;
    const auto at = std::chrono::microseconds(info.readable * percent / 100).count();
    if (sampler.look(at) && info.poster.empty()) info.poster = to_jpeg(sampler.frame());
  }
  // Where there is no index and no key picture follows, only the start helps.
  if (info.poster.empty() && sampler.look(0)) info.poster = to_jpeg(sampler.frame());
  info.damaged += sampler.damaged();
}

Result<void> whole(const Input& input, int fd, const MediaInfo& info) {
  Refusal refusal;
  refusal.args["readable_ms"] = std::to_string(info.readable.count());
  if (ends_early(info.declared, info.readable)) {
    refusal.code = "player.truncated";
    refusal.args["declared_ms"] = std::to_string(info.declared.count());
    return Unexpected(std::move(refusal));
  }
  constexpr std::int64_t tail = 256 * 1024;
  const auto from = std::max<std::int64_t>(0, info.size - tail);
  if (input.container() != "mpeg" || program_stream_ends_whole(bytes_of(read_at(fd, from, tail)))) return {};
  refusal.code = "player.cut_off";
  return Unexpected(std::move(refusal));
}

int stream_for_picture(const AVFormatContext& format) {
  int cover = -1;
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    const auto& stream = *format.streams[i];
    if (stream.codecpar->codec_type != AVMEDIA_TYPE_VIDEO) continue;
    if (!is_cover(stream)) return static_cast<int>(i);
    if (cover < 0) cover = static_cast<int>(i);
  }
  return cover;
}

MediaInfo describe(const Input& input) {
  const auto& format = input.format();
  MediaInfo info;
  info.container = input.container();
  info.size = input.size();
  const bool latin1 = info.container == "mp3";
  add_tags(info.tags, format.metadata, latin1);
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    info.streams.push_back(describe(*format.streams[i]));
    if (is_played(*format.streams[i])) add_tags(info.tags, format.streams[i]->metadata, latin1);
  }
  return info;
}

}  // namespace

Result<MediaInfo> read_media(int fd, std::uint64_t seconds) {
  const Budget budget(seconds);
  auto input = Input::open(fd, budget);
  if (!input) return Unexpected(input.error());
  auto& format = input->format();
  auto info = describe(*input);
  const auto has = [&](std::string_view type) {
    return std::ranges::count(info.streams, type, &MediaStream::type) > 0;
  };
  if (!has("video") && !has("audio")) return refuse("player.no_audio_or_video");

  info.declared = declared_by(*input, fd);
  const auto extent = find_end(*input, fd, info.declared, has("video"));
  if (!extent) return Unexpected(extent.error());
  info.readable = extent->readable;
  info.damaged = extent->damaged;
  info.duration = info.declared > milliseconds(0) ? info.declared : info.readable;
  if (auto all = whole(*input, fd, info); !all) return Unexpected(all.error());
  if (const int stream = stream_for_picture(format); stream >= 0) look_at_pictures(*input, stream, info);
  return info;
}

}  // namespace edu::player
