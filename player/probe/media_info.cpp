#include "player/probe/media_info.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/base64.h"
#include "base/text.h"

namespace edu::player {
namespace {

constexpr std::string_view kRoom = "player.";  // before the codes of refusals; left out of the line
constexpr std::size_t kMostStreams = 64;
constexpr std::size_t kLongestText = 1024;
constexpr std::size_t kLargestPoster = 512 * 1024;
constexpr std::int64_t kLongestMs = std::int64_t{1000} * 3600 * 24 * 365;
constexpr std::array kStreamTypes{"video", "audio", "subtitle", "cover", "data"};
constexpr std::array kTagNames{"title", "lecturer", "album", "genre", "date", "comment", "language"};
// The refusals that the probe may pronounce; their arguments that end in _ms become durations for people.
constexpr std::array kRefusals{"not_media", "empty",      "truncated",         "cut_off",  "unfinished",
                               "damaged",   "no_file",    "no_audio_or_video", "playlist", "unreadable",
                               "encrypted", "no_decoder", "damaged_pictures",  "holes"};
constexpr std::array kTook{"readable", "declared", "estimated"};

json::object stream_json(const MediaStream& stream) {
  json::object out;
  out["type"] = stream.type;
  out["codec"] = stream.codec;
  out["width"] = stream.width;
  out["height"] = stream.height;
  out["sample_rate"] = stream.sample_rate;
  out["channels"] = stream.channels;
  out["language"] = stream.language;
  return out;
}

// Reads members of an object and remembers whether one of them was wrong.
class Reader {
 public:
  explicit Reader(const json::object& object) : object_(object) {}

  std::int64_t number(std::string_view name, std::int64_t most) {
    const auto* value = object_.if_contains(name);
    const auto* number = value ? value->if_int64() : nullptr;
    if (number && *number >= 0 && *number <= most) return *number;
    good_ = false;
    return 0;
  }
  milliseconds duration(std::string_view name) { return milliseconds(number(name, kLongestMs)); }
  std::string line(std::string_view name) {
    const auto* value = object_.if_contains(name);
    return value ? text(*value) : fail();
  }
  std::string text(const json::value& value) {
    const auto* string = value.if_string();
    if (!string || string->size() > kLongestText || !is_utf8(*string) ||
        one_line(*string) != std::string_view(*string))
      return fail();
    return std::string(*string);
  }
  template <class Names>
  std::string one_of(std::string_view name, const Names& names) {
    auto word = line(name);
    if (std::ranges::find(names, word) == names.end()) return fail();
    return word;
  }
  void check(bool good) { good_ = good_ && good; }
  bool good() const { return good_; }

 private:
  std::string fail() {
    good_ = false;
    return {};
  }
  const json::object& object_;
  bool good_ = true;
};

std::optional<MediaStream> read_stream(const json::value& value) {
  const auto* object = value.if_object();
  if (!object) return std::nullopt;
  Reader read(*object);
  MediaStream stream;
  stream.type = read.one_of("type", kStreamTypes);
  stream.codec = read.line("codec");
  stream.width = read.number("width", 1 << 20);
  stream.height = read.number("height", 1 << 20);
  stream.sample_rate = read.number("sample_rate", 10'000'000);
  stream.channels = read.number("channels", 1024);
  stream.language = read.line("language");
  if (!read.good()) return std::nullopt;
  return stream;
}

std::optional<MediaInfo> read_info(const json::object& object) {
  Reader read(object);
  MediaInfo info;
  info.container = read.line("container");
  info.duration = read.duration("duration_ms");
  info.declared = read.duration("declared_ms");
  info.readable = read.duration("readable_ms");
  info.took = read.one_of("took", kTook);
  info.size = read.number("size", std::int64_t{1} << 60);
  info.damaged = read.number("damaged", std::int64_t{1} << 40);
  read.check(!info.container.empty() && object.contains("streams") && object.contains("tags"));
  const auto& streams = get_array(object, "streams");
  read.check(!streams.empty() && streams.size() <= kMostStreams);
  for (const auto& value : streams) {
    if (!read.good()) break;
    auto stream = read_stream(value);
    read.check(stream.has_value());
    if (stream) info.streams.push_back(*std::move(stream));
  }
  for (const auto& [name, value] : get_object(object, "tags")) {
    read.check(std::ranges::find(kTagNames, std::string_view(name)) != kTagNames.end());
    info.tags.emplace(name, read.text(value));
  }
  if (const auto* poster = object.if_contains("poster")) {
    auto bytes = poster->is_string() ? from_base64(poster->get_string()) : std::nullopt;
    if (bytes) info.poster.assign(bytes->begin(), bytes->end());
    read.check(bytes && info.poster.size() <= kLargestPoster && info.poster.starts_with("\xFF\xD8"));
  }
  if (!read.good()) return std::nullopt;
  return info;
}

Unexpected garbage() { return refuse("player.probe_garbage"); }

Unexpected read_refusal(const json::object& object) {
  Reader read(object);
  Refusal refusal;
  const auto code = read.one_of("refused", kRefusals);
  for (const auto& [key, value] : object) {
    const std::string_view name = key;
    if (name == "refused") continue;
    if (name.ends_with("_ms"))
      refusal.args.emplace(name.substr(0, name.size() - 3), clock_duration(read.duration(name)));
    else
      refusal.args.emplace(name, read.text(value));
  }
  if (!read.good() || refusal.args.size() > 4) return garbage();
  refusal.code = std::string(kRoom) + code;
  // The probe reads the station's own copy: that the disk fails is no verdict on the file.
  if (code == "unreadable") refusal.kind = Refusal::Kind::unavailable;
  return Unexpected(std::move(refusal));
}

}  // namespace

std::string to_line(const MediaInfo& info) {
  json::object out;
  out["container"] = info.container;
  out["duration_ms"] = info.duration.count();
  out["declared_ms"] = info.declared.count();
  out["readable_ms"] = info.readable.count();
  out["took"] = info.took;
  out["size"] = info.size;
  out["damaged"] = info.damaged;
  json::array streams;
  for (const auto& stream : info.streams) streams.push_back(stream_json(stream));
  out["streams"] = std::move(streams);
  json::object tags;
  for (const auto& [name, value] : info.tags) tags[name] = value;
  out["tags"] = std::move(tags);
  if (!info.poster.empty()) out["poster"] = to_base64(info.poster);
  return canonical(out);
}

std::string to_line(const Refusal& refusal) {
  json::object out;
  out["refused"] = refusal.code.starts_with(kRoom) ? refusal.code.substr(kRoom.size()) : refusal.code;
  for (const auto& [name, value] : refusal.args) {
    if (name.ends_with("_ms"))
      out[name] = std::stoll(value);
    else
      out[name] = value;
  }
  return canonical(out);
}

Result<MediaInfo> parse_answer(std::string_view line) {
  const auto value = parse_json(line);
  if (!value || !value->is_object()) return garbage();
  const auto& object = value->get_object();
  if (object.contains("refused")) return read_refusal(object);
  auto info = read_info(object);
  if (!info) return garbage();
  return *std::move(info);
}

}  // namespace edu::player
