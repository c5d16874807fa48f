#include "player/probe/probe_signatures.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace edu::player {
namespace {

std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::uint64_t big(Bytes bytes, std::size_t at, std::size_t length) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < length; ++i) value = value << 8 | bytes[at + i];
  return value;
}

std::uint64_t little(Bytes bytes, std::size_t at, std::size_t length) {
  std::uint64_t value = 0;
  for (std::size_t i = length; i-- > 0;) value = value << 8 | bytes[at + i];
  return value;
}

bool is_plain_text(std::string_view head) {
  return std::ranges::none_of(head, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r';
  });
}

// An MPEG audio frame header (ISO/IEC 11172-3, 2.4.1.3): what the Xing header's place and unit follow from.
struct AudioFrame {
  std::uint64_t rate = 0, samples = 0, side_info = 0;
};

std::optional<AudioFrame> audio_frame(Bytes head) {
  if (head.size() < 4 || head[0] != 0xFF || (head[1] & 0xE0) != 0xE0) return std::nullopt;
  const unsigned version = (head[1] >> 3) & 3, layer = (head[1] >> 1) & 3, rate = (head[2] >> 2) & 3;
  if (version == 1 || layer != 1 || rate == 3) return std::nullopt;  // layer III alone has such headers
  constexpr std::array<std::uint64_t, 3> rates{44100, 48000, 32000};
  const bool mpeg1 = version == 3, mono = head[3] >> 6 == 3;
  AudioFrame frame;
  frame.rate = rates[rate] >> (mpeg1 ? 0 : version == 2 ? 1 : 2);
  frame.samples = mpeg1 ? 1152 : 576;
  frame.side_info = mpeg1 ? (mono ? 17 : 32) : (mono ? 9 : 17);
  return frame;
}

}  // namespace

bool looks_like_playlist(Bytes head) {
  if (head.size() >= 3 && head[0] == 0xEF && head[1] == 0xBB && head[2] == 0xBF) head = head.subspan(3);
  const auto text = ascii_lower(as_text(head.first(std::min<std::size_t>(head.size(), 4096))));
  if (!is_plain_text(text)) return false;
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start == std::string::npos) return false;
  const std::string_view body = std::string_view(text).substr(start);
  constexpr std::array openings{"#extm3u",     "# mpv edl",   "mpv edl", "ffconcat",  "[playlist]",
                                "[reference]", "<asx",        "<smil",   "<mpd",      "v=0",
                                "rtsptext",    ";ffmetadata", "smi\n",   "<playlist", "[default"};
  if (std::ranges::any_of(openings, [&](const char* opening) { return body.starts_with(opening); }))
    return true;
  constexpr std::array marks{"://", "<mpd", "<playlist", "<smil", "<asx", "\nfile ", "#extinf"};
  return std::ranges::any_of(marks, [&](const char* mark) { return body.find(mark) != body.npos; });
}

bool begins_like_mp4(Bytes head) {
  if (head.size() < 8) return false;
  constexpr std::array<std::string_view, 7> boxes{"ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"};
  return std::ranges::find(boxes, as_text(head.subspan(4, 4))) != boxes.end();
}

std::size_t id3v2_length(Bytes head) {
  if (head.size() < 10 || !as_text(head).starts_with("ID3")) return 0;
  std::size_t length = 0;
  for (std::size_t i = 6; i < 10; ++i) length = length << 7 | (head[i] & 0x7F);
  return length + 10 + ((head[5] & 0x10) != 0 ? 10 : 0);  // a footer repeats the header
}

std::optional<milliseconds> mp3_declared(Bytes head) {
  const auto frame = audio_frame(head);
  if (!frame) return std::nullopt;
  std::uint64_t frames = 0;
  const auto xing = 4 + frame->side_info, vbri = std::uint64_t{36};
  if (head.size() >= xing + 12 &&
      (as_text(head.subspan(xing, 4)) == "Xing" || as_text(head.subspan(xing, 4)) == "Info")) {
    if ((head[xing + 7] & 1) != 0) frames = big(head, xing + 8, 4);
  } else if (head.size() >= vbri + 18 && as_text(head.subspan(vbri, 4)) == "VBRI") {
    frames = big(head, vbri + 14, 4);
  }
  if (frames == 0) return std::nullopt;
  return milliseconds(frames * frame->samples * 1000 / frame->rate);
}

std::optional<milliseconds> asf_declared(Bytes head) {
  constexpr std::string_view properties{"\xA1\xDC\xAB\x8C\x47\xA9\xCF\x11\x8E\xE4\x00\xC0\x0C\x20\x53\x65",
                                        16};
  const auto at = as_text(head).find(properties);
  if (at == std::string_view::npos || head.size() < at + 104) return std::nullopt;
  const auto object = head.subspan(at);
  const auto play_ms = little(object, 64, 8) / 10'000, preroll_ms = little(object, 80, 8);
  if ((object[88] & 1) != 0 || play_ms <= preroll_ms || play_ms > 1'000'000'000'000) return std::nullopt;
  return milliseconds(play_ms - preroll_ms);
}

namespace {

// A chunk of a RIFF file: its name, and its content as far as it lies in `bytes`.
struct Chunk {
  std::string_view name;
  Bytes content;
  std::uint64_t length = 0;  // as it says
};

// Takes the first chunk off `bytes`; nullopt when there is none.
std::optional<Chunk> next_chunk(Bytes& bytes) {
  if (bytes.size() < 8) return std::nullopt;
  Chunk chunk;
  chunk.name = as_text(bytes.first(4));
  chunk.length = little(bytes, 4, 4);
  const auto rest = bytes.subspan(8);
  chunk.content = rest.first(static_cast<std::size_t>(std::min<std::uint64_t>(chunk.length, rest.size())));
  bytes = rest.subspan(std::min<std::uint64_t>(chunk.length + (chunk.length & 1), rest.size()));
  return chunk;
}

// Of pictures or sound: length in units, of which `rate` over `scale` make a second (AVISTREAMHEADER).
std::optional<milliseconds> stream_declared(Bytes header) {
  if (header.size() < 36) return std::nullopt;
  const auto type = as_text(header.first(4));
  if (type != "vids" && type != "auds") return std::nullopt;
  const auto scale = little(header, 20, 4), rate = little(header, 24, 4), length = little(header, 32, 4);
  if (scale == 0 || rate == 0 || length == 0) return std::nullopt;
  return milliseconds(length * scale * 1000 / rate);
}

}  // namespace

std::optional<milliseconds> avi_declared(Bytes head) {
  if (head.size() < 12 || !as_text(head).starts_with("RIFF")) return std::nullopt;
  auto chunks = head.subspan(12);
  std::optional<milliseconds> longest;
  while (const auto chunk = next_chunk(chunks)) {
    if (chunk->name == "strh")
      if (const auto declared = stream_declared(chunk->content)) longest = std::max(longest, declared);
    if (chunk->name != "LIST" || chunk->content.size() < 4) continue;
    const auto kind = as_text(chunk->content.first(4));
    if (kind == "movi") break;
    // Its chunks come next, with those of the lists in it.
    if (kind == "hdrl" || kind == "strl")
      chunks = head.subspan(static_cast<std::size_t>(chunk->content.data() - head.data()) + 4);
  }
  return longest;
}

std::optional<milliseconds> wav_declared(Bytes head) {
  if (head.size() < 12 || !as_text(head).starts_with("RIFF")) return std::nullopt;
  auto chunks = head.subspan(12);
  std::uint64_t bytes_a_second = 0;
  while (const auto chunk = next_chunk(chunks)) {
    if (chunk->name == "fmt " && chunk->content.size() >= 12) bytes_a_second = little(chunk->content, 8, 4);
    if (chunk->name != "data") continue;
    if (bytes_a_second == 0 || chunk->length == 0 || chunk->length >= 0x7FFF0000) return std::nullopt;
    return milliseconds(chunk->length * 1000 / bytes_a_second);
  }
  return std::nullopt;
}

bool program_stream_ends_whole(Bytes tail) {
  constexpr std::string_view start_code{"\0\0\1", 3};
  const auto text = as_text(tail);
  // From the last pack header on, where the packets can be walked; those before it were walked by libav.
  auto at = text.rfind(std::string_view{"\0\0\1\xBA", 4});
  if (at == std::string_view::npos) return true;  // not laid out as packs; nothing can be said
  while (tail.size() - at >= 4) {
    if (text.substr(at, 3) != start_code) return true;  // padding at the end, as discs have it
    const auto id = tail[at + 3];
    if (id == 0xB9) return true;  // MPEG_program_end_code
    std::size_t length = 0;
    if (id == 0xBA) {
      if (tail.size() - at < 14) return false;
      length = (tail[at + 4] & 0xC0) == 0x40 ? 14 + (tail[at + 13] & 7u) : 12;  // MPEG-2, MPEG-1
    } else if (id > 0xBA) {
      if (tail.size() - at < 6) return false;
      length = 6 + big(tail, at + 4, 2);
    } else {
      return true;  // an elementary stream's code: a packet of unbounded length
    }
    if (length > tail.size() - at) return false;
    at += length;
  }
  return at == tail.size();
}

std::optional<std::string> undo_latin1(std::string_view text) {
  std::string bytes;
  std::size_t run = 0;  // of bytes with the high bit, of which GB2312 has two a character
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      if (run % 2 != 0) return std::nullopt;
      run = 0;
      bytes += text[i];
      continue;
    }
    if ((byte != 0xC2 && byte != 0xC3) || i + 1 == text.size()) return std::nullopt;  // beyond U+00FF
    bytes += static_cast<char>((byte & 0x03) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3F));
    ++run;
  }
  if (run % 2 != 0 || bytes == text) return std::nullopt;
  return is_utf8(bytes) ? bytes : from_gb18030(bytes);
}

}  // namespace edu::player
