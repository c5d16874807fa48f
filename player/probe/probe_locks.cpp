#include "player/probe/probe_locks.h"

#include <algorithm>
#include <array>

#include "player/probe/probe_ends.h"

namespace edu::player {
namespace {

constexpr int kDeepest = 8;
constexpr int kMostBoxes = 20'000;
constexpr int kSamples = 8;                  // places of a stream that are looked at
constexpr std::size_t kSample = 256 * 1024;  // bytes at each

struct Scheme {
  std::string_view mark, name;
};

// --- ISO base media: the sample entries of the moov's tracks
class SampleEntries {
 public:
  explicit SampleEntries(FileBytes& file) : file_(file) {}
  std::optional<std::string> locked() {
    walk(0, file_.size(), 0);
    return found_;
  }

 private:
  void walk(std::int64_t from, std::int64_t to, int depth);
  void look_at(std::int64_t from, std::int64_t to);

  FileBytes& file_;
  std::optional<std::string> found_;
  int boxes_ = 0;
};

void SampleEntries::walk(std::int64_t from, std::int64_t to, int depth) {
  constexpr std::array<std::string_view, 5> inner{"moov", "trak", "mdia", "minf", "stbl"};
  while (!found_ && ++boxes_ < kMostBoxes) {
    const auto box = box_at(file_, from);
    if (!box || box->end <= from) return;
    const auto end = std::min(box->end, to);
    if (box->type == "stsd") look_at(box->body + 8, end);
    if (depth < kDeepest && std::ranges::find(inner, box->type) != inner.end())
      walk(box->body, end, depth + 1);
    from = box->end;
    if (from >= to) return;
  }
}

void SampleEntries::look_at(std::int64_t from, std::int64_t to) {
  constexpr std::array<Scheme, 5> schemes{Scheme{"encv", "CENC"}, Scheme{"enca", "CENC"},
                                          Scheme{"drms", "FairPlay"}, Scheme{"drmi", "FairPlay"},
                                          Scheme{"encs", "CENC"}};
  while (from + 8 <= to && ++boxes_ < kMostBoxes) {
    const auto entry = box_at(file_, from);
    if (!entry || entry->end <= from) return;
    const auto* scheme = std::ranges::find(schemes, entry->type, &Scheme::mark);
    if (scheme != schemes.end()) {
      found_ = scheme->name;
      return;
    }
    from = entry->end;
  }
}

// --- ASF: an object of its header says so (ASF specification, 3.14 and 3.15, and PlayReady's)
std::optional<std::string> asf_locked(FileBytes& file) {
  using namespace std::string_view_literals;
  constexpr std::array<std::string_view, 3> objects{
      "\xFB\xB3\x11\x22\x23\xBD\xD2\x11\xB4\xB7\x00\xA0\xC9\x55\xFC\x6E"sv,
      "\x14\xE6\x8A\x29\x22\x26\x17\x4C\xB9\x35\xDA\xE0\x7E\xE9\x28\x9C"sv,
      "\x33\x85\x05\x43\x81\x69\xE6\x49\x9B\x74\xAD\x12\xCB\x86\xD5\x8C"sv};
  const auto length = std::min<std::uint64_t>(file.little(16, 8), 1 << 20);
  const auto header = file.text_at(0, length);
  const auto is_there = [&](std::string_view object) { return header.find(object) != header.npos; };
  if (std::ranges::any_of(objects, is_there)) return "Windows Media DRM";
  return std::nullopt;
}

// --- Matroska (RFC 9559, 5.1.4): a track of pictures or sound whose content encodings hold an encryption;
// the others, compression of headers say, any player undoes
constexpr std::uint64_t kSegmentId = 0x18538067, kClusterId = 0x1F43B675, kTracks = 0x1654AE6B, kTrack = 0xAE,
                        kTrackType = 0x83, kEncodings = 0x6D80, kEncoding = 0x6240, kEncryption = 0x5035;

// Calls visit(element) for the elements of a body in order, until it answers false.
template <class Visit>
void each_element(FileBytes& file, std::int64_t at, std::int64_t end, Visit visit) {
  bool torn = false;
  for (int i = 0; i < kMostBoxes && at < end; ++i) {
    const auto element = element_at(file, at, torn);
    if (!element || !visit(*element) || !element->end || *element->end <= at) return;
    at = *element->end;
  }
}

// The first of that name in a body; none: nullopt.
std::optional<Element> first_in(FileBytes& file, const Element& parent, std::uint64_t id) {
  std::optional<Element> found;
  each_element(file, parent.body, parent.end.value_or(file.size()), [&](const Element& element) {
    if (element.id == id) found = element;
    return !found && element.id != kClusterId;
  });
  return found;
}

bool is_encrypted_track(FileBytes& file, const Element& track) {
  const auto type = first_in(file, track, kTrackType);
  const auto encodings = first_in(file, track, kEncodings);
  if (!encodings || !type || file.big(type->body, 1) < 1 || file.big(type->body, 1) > 2) return false;
  bool encrypted = false;
  each_element(file, encodings->body, encodings->end.value_or(encodings->body), [&](const Element& encoding) {
    encrypted = encoding.id == kEncoding && first_in(file, encoding, kEncryption);
    return !encrypted;
  });
  return encrypted;
}

std::optional<std::string> matroska_locked(FileBytes& file) {
  const auto segment = first_in(file, Element{0, 0, file.size()}, kSegmentId);
  const auto tracks = segment ? first_in(file, *segment, kTracks) : std::nullopt;
  if (!tracks) return std::nullopt;
  bool encrypted = false;
  each_element(file, tracks->body, tracks->end.value_or(tracks->body), [&](const Element& track) {
    encrypted = track.id == kTrack && is_encrypted_track(file, track);
    return !encrypted;
  });
  if (encrypted) return "CENC";
  return std::nullopt;
}

// --- Program streams: PES_scrambling_control (ISO/IEC 13818-1, 2.4.3.7) of pictures and sounds
struct Share {
  int all = 0, scrambled = 0;
  bool most() const { return all > 0 && scrambled * 8 >= all; }  // CSS leaves many packs of a title clear
};

// The first packet of each pack: elsewhere the bytes of a start code may come by chance.
void count_packets(std::string_view bytes, Share& share) {
  constexpr std::string_view pack{"\0\0\1\xBA", 4}, packet{"\0\0\1", 3};
  for (auto at = bytes.find(pack); at != bytes.npos; at = bytes.find(pack, at + 4)) {
    const auto byte = [&](std::size_t i) {
      return at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0u;
    };
    if ((byte(4) & 0xC4) != 0x44) continue;  // MPEG-1 knows no scrambling
    const auto next = 14 + (byte(13) & 7u);
    if (bytes.compare(std::min(bytes.size(), at + next), 3, packet) != 0) continue;
    const auto id = byte(next + 3), flags = byte(next + 6);
    const bool played = id == 0xBD || (id >= 0xC0 && id <= 0xEF);
    if (!played || (flags & 0xC0) != 0x80) continue;
    ++share.all;
    if ((flags & 0x30) != 0) ++share.scrambled;
  }
}

// --- Transport streams: transport_scrambling_control (2.4.3.3) of packets with a payload
void count_transport(std::string_view bytes, std::size_t step, std::size_t sync, Share& share) {
  for (std::size_t at = sync; at + 4 <= bytes.size(); at += step) {
    if (bytes[at] != 0x47) continue;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[at + i]); };
    const unsigned pid = (byte(1) & 0x1Fu) << 8 | byte(2);
    if (pid < 0x20 || pid == 0x1FFF || (byte(3) & 0x10) == 0) continue;
    ++share.all;
    if ((byte(3) & 0x80) != 0) ++share.scrambled;
  }
}

template <class Count>
bool mostly_scrambled(FileBytes& file, std::int64_t align, Count count) {
  Share share;
  for (int i = 0; i < kSamples; ++i) {
    const auto at = file.size() / kSamples * i / align * align;
    count(file.text_at(at, kSample), share);
  }
  return share.most();
}

}  // namespace

std::optional<std::string> locked_by(FileBytes& file, std::string_view container) {
  if (container == "mp4") return SampleEntries(file).locked();
  if (container == "asf") return asf_locked(file);
  if (container == "matroska") return matroska_locked(file);
  if (container == "mpeg" && mostly_scrambled(file, 1, count_packets)) return "CSS";
  if (container == "mpegts") {
    const auto layout = transport_layout(file);
    if (!layout) return std::nullopt;
    // A recording of a scrambled channel keeps its tables and a few packets clear.
    const auto count = [&](std::string_view bytes, Share& share) {
      count_transport(bytes, static_cast<std::size_t>(layout->step), static_cast<std::size_t>(layout->sync),
                      share);
    };
    if (mostly_scrambled(file, layout->step, count)) return "pay TV";
  }
  // Filter bit of a tag that holds pictures or sound (FLV specification, annex F).
  if (container == "flv" && (file.big(static_cast<std::int64_t>(file.big(5, 4)) + 4, 1) & 0x20) != 0)
    return "Flash Access";
  return std::nullopt;
}

std::optional<std::string> locked_by_head(Bytes head) {
  constexpr std::array<Scheme, 4> schemes{Scheme{"CTENFDAM", "NetEase"}, Scheme{"yeelion-kuwo", "Kuwo"},
                                          Scheme{"QIYI VIDEO", "iQIYI"}, Scheme{"YOUKU FILE", "Youku"}};
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  for (const auto& scheme : schemes)
    if (text.starts_with(scheme.mark)) return std::string(scheme.name);
  return std::nullopt;
}

}  // namespace edu::player
