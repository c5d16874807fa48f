#include "receiver/multicast/live_segments.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace edu::multicast {
namespace {

constexpr std::size_t kMostSeries = 64;
constexpr std::uint32_t kCame = 3;                     // of a series, before it counts as a live channel's
constexpr std::uint64_t kLargestSegment = 32 << 20;    // bytes; ten seconds of any channel
constexpr std::uint64_t kLargestBeginning = 64 << 10;  // of an initialisation segment

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

std::string ending_of(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == name.npos ? std::string() : ascii_lower(name.substr(dot + 1));
}

std::string plain(std::string_view type) { return ascii_lower(type.substr(0, type.find(';'))); }

// "chunk-1-00017.ts" and "chunk-1-00018.ts" are of one.
std::string series_of(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) out += c;
    if (digit && (out.empty() || out.back() != '#')) out += '#';
  }
  return out;
}

}  // namespace

bool is_playlist(std::string_view name, std::string_view type) {
  constexpr std::array<std::string_view, 3> kEndings{"mpd", "m3u8", "ism"};
  constexpr std::array<std::string_view, 5> kTypes{"application/dash+xml", "application/vnd.apple.mpegurl",
                                                   "application/x-mpegurl", "audio/mpegurl",
                                                   "application/vnd.ms-sstr+xml"};
  return is_one_of(kEndings, ending_of(name)) || is_one_of(kTypes, plain(type));
}

bool begins_segment(std::span<const std::uint8_t> bytes) {
  constexpr std::array<std::string_view, 5> kBoxes{"styp", "moof", "sidx", "emsg", "prft"};
  if (bytes.size() < 8) return false;
  return is_one_of(kBoxes, {reinterpret_cast<const char*>(bytes.data()) + 4, 4});
}

bool LiveSegments::is_part(std::string_view name, std::string_view type, std::uint64_t length) {
  constexpr std::array<std::string_view, 6> kSegments{"m4s", "m4f", "cmfv", "cmfa", "cmft", "cmfm"};
  constexpr std::array<std::string_view, 2> kTypes{"video/iso.segment", "audio/iso.segment"};
  constexpr std::array<std::string_view, 9> kPerhaps{"ts",  "mp4",  "m4v", "m4a", "aac",
                                                     "ac3", "webm", "vtt", "mp2t"};
  if (is_playlist(name, type)) return playlist_ = true;
  const auto ending = ending_of(name);
  if (is_one_of(kSegments, ending) || is_one_of(kTypes, plain(type))) return sure_ = true;
  if (!(playlist_ || sure_) || !is_one_of(kPerhaps, ending) || length > kLargestSegment) return false;
  if (sure_ && length <= kLargestBeginning && ascii_lower(name).find("init") != name.npos) return true;
  const auto key = series_of(name);
  if (key == name || (!series_.contains(key) && series_.size() >= kMostSeries)) return false;
  auto& series = series_[key];
  if (++series.came < kCame || series.went == 0) return false;
  return sure_ = true;
}

void LiveSegments::found(std::string_view name) {
  sure_ = true;
  const auto key = series_of(name);
  if (key != name && (series_.contains(key) || series_.size() < kMostSeries)) series_[key] = {kCame, 1};
}

// RFC 8216 4.3.3: the playlist of a live channel counts the segments that have left it, and has no end. Of a
// description of DASH its type tells (ISO/IEC 23009-1 5.3.1.2).
bool LiveSegments::read_playlist(std::string_view text) {
  if (const auto mpd = text.find("<MPD"); mpd != text.npos) {
    const auto tag = text.substr(mpd, text.find('>', mpd) - mpd);
    const bool dynamic = tag.find("\"dynamic\"") != tag.npos || tag.find("'dynamic'") != tag.npos;
    return dynamic && (sure_ = true);
  }
  constexpr std::string_view kLeft = "#EXT-X-MEDIA-SEQUENCE:";
  const auto left = text.find(kLeft);
  if (!text.starts_with("#EXTM3U") || left == text.npos) return false;
  const auto number = text.substr(left + kLeft.size());
  const auto first = number.find_first_not_of("0 ");
  const bool moves = first != number.npos && number[first] >= '1' && number[first] <= '9';
  if (!moves || text.find("#EXT-X-ENDLIST") != text.npos) return false;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find_first_of("\r\n"));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto path = line.substr(0, line.find('?'));
    if (!path.empty() && path[0] != '#') found(path.substr(path.rfind('/') + 1));
  }
  return sure_ = true;
}

void LiveSegments::gone(std::string_view name) {
  const auto known = series_.find(series_of(name));
  if (known != series_.end()) ++known->second.went;
}

}  // namespace edu::multicast
