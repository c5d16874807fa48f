#include "player/probe/probe_reader.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.h"
#include "player/probe/probe_ends.h"
#include "player/probe/probe_length.h"
#include "player/probe/probe_poster.h"

namespace edu::player {
namespace {

constexpr std::size_t kLongestTag = 400;
// Percent of the duration at which pictures are decoded; the further ones where these find a fault.
constexpr std::array kLooks{10, 50, 90, 30, 70};
constexpr std::array kFurtherLooks{0, 20, 40, 60, 80};
constexpr int kFewPictures = 4;   // say nothing about a film
constexpr int kMostLost = 20;     // percent of the file
constexpr int kMostDamaged = 50;  // percent of the pictures that were looked at

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

std::string percent(std::int64_t share) { return std::to_string(share) + " %"; }

// A picture for the lists, and a look at some others: do they decode?
Result<void> look_at_pictures(Input& input, int stream, MediaInfo& info) {
  auto& format = input.format();
  PictureSampler sampler(format, stream);
  if (is_cover(*format.streams[stream])) {
    if (sampler.look_at_cover()) info.poster = to_jpeg(sampler.frame(), sampler.turn());
    return {};
  }
  if (!sampler.can_decode())
    return refuse("player.no_decoder",
                  {{"codec", ::avcodec_get_name(format.streams[stream]->codecpar->codec_id)}});
  const auto look = [&](int percent) {
    if (input.budget().spent()) return;
    PictureSampler::Place place{std::chrono::microseconds(info.readable * percent / 100).count(), -1};
    if (input.restarts() && percent > 0) place.byte = input.size() / 100 * percent;
    if (sampler.look(place) && info.poster.empty()) info.poster = to_jpeg(sampler.frame(), sampler.turn());
  };
  std::ranges::for_each(kLooks, look);
  if (sampler.damaged() > 0 || info.poster.empty()) std::ranges::for_each(kFurtherLooks, look);
  info.damaged += sampler.damaged();
  const auto looked = sampler.good() + sampler.damaged();
  const auto share = looked == 0 ? 0 : 100 * sampler.damaged() / looked;
  if (looked < kFewPictures || share < kMostDamaged) return {};
  return refuse("player.damaged_pictures", {{"share", percent(share)}});
}

// The sample tables of an MP4 without fragments say where its samples lie.
bool samples_past_end(const Input& input) {
  const auto& format = input.format();
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    auto* stream = format.streams[i];
    if (!is_played(*stream)) continue;
    for (int n = ::avformat_index_get_entries_count(stream); n-- > 0;) {
      const auto* entry = ::avformat_index_get_entry(stream, n);
      if (entry && entry->pos + entry->size > input.size()) return true;
    }
  }
  return false;
}

Result<void> whole(const Input& input, FileBytes& file, const MediaInfo& info) {
  bool torn = ends_torn(file, input.container());
  if (input.container() == "mp4") torn = torn || samples_past_end(input);
  // FLAC counts its samples and nothing else says how long it should be.
  const bool early = info.readable + std::max(milliseconds(1000), info.declared / 200) < info.declared;
  if (input.container() == "flac") torn = torn || early;
  if (!torn) return {};
  Refusal refusal{early ? "player.truncated" : "player.cut_off", {}};
  refusal.args["readable_ms"] = std::to_string(info.readable.count());
  if (early) refusal.args["declared_ms"] = std::to_string(info.declared.count());
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

// Sound and pictures without compression may well be nothing but zeros.
bool is_compressed(const AVFormatContext& format) {
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    const auto* name = ::avcodec_get_name(format.streams[i]->codecpar->codec_id);
    if (std::string_view(name).starts_with("pcm_") || std::string_view(name) == "rawvideo") return false;
  }
  return true;
}

// Is there a hole in it: bytes that were reserved and never written, or what no reader understands?
Result<void> without_holes(const Input& input, FileBytes& file, const Length& length) {
  if (const auto noise = noise_percent(file, input.container()); noise >= kMostLost)
    return refuse("player.damaged_pictures", {{"share", percent(noise)}});
  if (length.payload < 0) return {};
  const auto unread = 100 - std::min<std::int64_t>(100, length.payload * 100 / input.size());
  const auto lost =
      length.declared <= length.readable ? 0 : (length.declared - length.readable) * 100 / length.declared;
  const auto empty = is_compressed(input.format()) ? empty_percent(file) : 0;
  // These two may have room in reserve.
  const bool may_pad = input.container() == "mp4" || input.container() == "matroska";
  if (empty >= kMostLost && unread * 10 >= empty * 8 && (!may_pad || lost >= 10))
    return refuse("player.holes", {{"share", percent(empty)}});
  if (lost >= kMostLost && unread >= kMostLost)
    return refuse("player.damaged_pictures", {{"share", percent(lost)}});
  return {};
}

// How long it is, whether it is all there, and whether its pictures decode.
Result<void> judge(Input& input, FileBytes& file, MediaInfo& info) {
  const auto length = measure(input, file);
  if (!length) return Unexpected(length.error());
  info.declared = length->declared;
  info.readable = length->readable;
  info.damaged = length->damaged;
  info.duration = info.readable;
  info.took = length->estimated ? "estimated" : "readable";
  if (length->estimated && std::chrono::abs(info.declared - info.readable) < info.readable / 4) {
    info.duration = info.declared;
    info.took = "declared";
  }
  if (auto all = whole(input, file, info); !all) return all;
  if (auto all = without_holes(input, file, *length); !all) return all;
  if (info.duration <= milliseconds(0)) return refuse("player.damaged", {{"container", info.container}});
  const int stream = stream_for_picture(input.format());
  if (stream < 0) return {};
  return look_at_pictures(input, stream, info);
}

}  // namespace

Result<MediaInfo> read_media(int fd, std::uint64_t seconds) {
  const Budget budget(seconds);
  auto input = Input::open(fd, budget);
  if (!input) return Unexpected(input.error());
  auto info = describe(*input);
  const auto has = [&](std::string_view type) {
    return std::ranges::count(info.streams, type, &MediaStream::type) > 0;
  };
  if (!has("video") && !has("audio")) return refuse("player.no_audio_or_video");

  FileBytes file(fd, input->size());
  auto found = judge(*input, file, info);
  const int error = input->error() != 0 ? input->error() : file.error();
  if (error != 0) return refuse("player.unreadable", {{"what", std::strerror(error)}});
  if (!found) return Unexpected(found.error());
  return info;
}

}  // namespace edu::player
