// Streams of pages, packs, packets and frames: Ogg, program and transport streams, and sounds that are
// nothing but frames (MP3, AAC, AC-3, AMR, FLAC), and DV.
#include "player/probe/probe_ends.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"

namespace edu::player {
namespace {

constexpr std::size_t kTail = 256 * 1024;
constexpr int kChain = 3;  // frames in a row that prove that there are frames

// --- Ogg (RFC 3533): the last page

bool ogg_ends_torn(FileBytes& file) {
  const auto from = std::max<std::int64_t>(0, file.size() - static_cast<std::int64_t>(kTail));
  const auto tail = file.text_at(from, kTail);
  const auto page = tail.rfind("OggS");
  if (page == tail.npos) return false;
  const auto bytes = bytes_of(std::string_view(tail).substr(page));
  if (bytes.size() < 27) return true;
  const std::size_t segments = bytes[26];
  if (bytes.size() < 27 + segments) return true;
  std::size_t length = 27 + segments;
  for (std::size_t i = 0; i < segments; ++i) length += bytes[27 + i];
  // A packet goes on in a page that is not there: its last segment is a full one.
  return length > bytes.size() || (length == bytes.size() && segments > 0 && bytes[26 + segments] == 255);
}

// --- Transport streams

bool transport_ends_torn(FileBytes& file) {
  const auto layout = transport_layout(file);
  if (!layout) return false;
  const std::int64_t stamp = layout->step == 192 ? 4 : 0;  // before the sync byte, on Blu-rays and cameras
  const auto rest = (file.size() - layout->sync + stamp) % layout->step;
  if (rest == 0) return false;
  // What stands behind the last whole packet: the beginning of another, or something else.
  return rest <= stamp || file.big(file.size() - rest + stamp, 1) == 0x47;
}

// --- Sounds in frames: how long is the frame that begins here? 0: none does.

std::size_t mp3_frame(Bytes head) {
  if (head.size() < 4 || head[0] != 0xFF || (head[1] & 0xE0) != 0xE0) return 0;
  const unsigned version = (head[1] >> 3) & 3, layer = (head[1] >> 1) & 3;
  const unsigned rate_index = head[2] >> 4, hz_index = (head[2] >> 2) & 3, pad = (head[2] >> 1) & 1;
  if (version == 1 || layer == 0 || rate_index == 0 || rate_index == 15 || hz_index == 3) return 0;
  constexpr std::array<std::array<std::size_t, 15>, 5> kbits{
      {{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},  // MPEG-1, layer I
       {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},     // layer II
       {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},      // layer III
       {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},     // MPEG-2, layer I
       {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}}};        // layers II and III
  constexpr std::array<std::size_t, 3> hz{44100, 48000, 32000};
  const bool first = version == 3;
  const auto table = first ? 3 - layer : layer == 3 ? 3u : 4u;
  const auto bits = kbits[table][rate_index] * 1000;
  const auto rate = hz[hz_index] >> (first ? 0 : version == 2 ? 1 : 2);
  if (layer == 3) return (12 * bits / rate + pad) * 4;
  return (layer == 1 && !first ? 72 : 144) * bits / rate + pad;
}

std::size_t adts_frame(Bytes head) {
  if (head.size() < 7 || head[0] != 0xFF || (head[1] & 0xF6) != 0xF0) return 0;
  const std::size_t length = (head[3] & 3u) << 11 | head[4] << 3 | head[5] >> 5;
  return length < 7 ? 0 : length;
}

std::size_t ac3_frame(Bytes head) {
  if (head.size() < 6 || head[0] != 0x0B || head[1] != 0x77) return 0;
  if (head[5] >> 3 > 10) return (((head[2] & 7u) << 8 | head[3]) + 1) * 2;  // E-AC-3
  constexpr std::array<std::size_t, 19> kbits{32,  40,  48,  56,  64,  80,  96,  112, 128, 160,
                                              192, 224, 256, 320, 384, 448, 512, 576, 640};
  const unsigned hz = head[4] >> 6, index = head[4] & 0x3F;
  if (hz == 3 || index > 37) return 0;
  const auto rate = kbits[index / 2];
  if (hz == 0) return rate * 4;
  return hz == 2 ? rate * 6 : (rate * 320 / 147 + (index & 1)) * 2;
}

using Frame = std::size_t (*)(Bytes head);

// How far the chain of frames goes that begins at `at`; npos: there is no chain.
struct Chain {
  std::size_t end = 0;  // of the last frame whose head is there
  bool found = false;
};

Chain chain_from(Bytes tail, std::size_t at, Frame frame) {
  Chain chain{at, false};
  for (int count = 0; at < tail.size(); ++count) {
    const auto length = frame(tail.subspan(at));
    if (length == 0) break;
    at += length;
    chain = {at, count + 1 >= kChain};
  }
  return chain;
}

// Tags behind the sound: ID3v1, APEv2 and Lyrics3, as often as they come.
std::int64_t without_tags(FileBytes& file) {
  auto end = file.size();
  for (int i = 0; i < 4; ++i) {
    if (file.text_at(end - 128, 3) == "TAG") {
      end -= 128;
    } else if (file.text_at(end - 32, 8) == "APETAGEX") {
      const auto length = static_cast<std::int64_t>(file.little(end - 20, 4));
      const bool headed = (file.little(end - 12, 4) & 0x80000000) != 0;
      end = std::max<std::int64_t>(0, end - length - (headed ? 32 : 0));
    } else if (file.text_at(end - 9, 9) == "LYRICS200") {
      std::int64_t length = 0;
      for (const char c : file.text_at(end - 15, 6))
        length = length * 10 + (c >= '0' && c <= '9' ? c - '0' : 0);
      end = std::max<std::int64_t>(0, end - length - 15);
    } else {
      break;
    }
  }
  return end;
}

bool frame_chain_ends_torn(FileBytes& file, Frame frame) {
  const auto end = without_tags(file);
  const auto from = std::max<std::int64_t>(0, end - static_cast<std::int64_t>(kTail) / 4);
  const auto text = file.text_at(from, static_cast<std::size_t>(end - from));
  const auto tail = bytes_of(text);
  for (std::size_t at = 0; at < tail.size(); ++at) {
    if (frame(tail.subspan(at)) == 0) continue;
    const auto chain = chain_from(tail, at, frame);
    if (!chain.found) continue;
    if (chain.end > tail.size()) return true;
    const auto rest = tail.subspan(chain.end);
    if (rest.empty()) return false;
    // Behind the last whole frame: the first bytes of another, or something else, among which it may go on.
    if (rest.size() < 8 && rest[0] == tail[at] && (rest.size() < 2 || (rest[1] ^ tail[at + 1]) < 2))
      return true;
    at = std::max(at, chain.end - 1);
  }
  return false;
}

// --- AMR (RFC 4867, 5): a header, and frames whose type says how long they are

bool amr_ends_torn(FileBytes& file) {
  constexpr std::array<std::int64_t, 16> narrow{13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1};
  constexpr std::array<std::int64_t, 16> wide{18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1};
  const bool is_wide = file.text_at(0, 9) == "#!AMR-WB\n";
  const auto& lengths = is_wide ? wide : narrow;
  std::int64_t at = is_wide ? 9 : 6;
  while (at < file.size()) at += lengths[(file.big(at, 1) >> 3) & 15];
  return at > file.size();
}

// --- FLAC (RFC 9639, 9): the last frame's checksum

std::uint8_t crc8(Bytes bytes) {
  unsigned crc = 0;
  for (const auto byte : bytes) {
    crc ^= byte;
    for (int i = 0; i < 8; ++i) crc = (crc << 1) ^ ((crc & 0x80) != 0 ? 0x107u : 0u);
  }
  return static_cast<std::uint8_t>(crc);
}

std::uint16_t crc16(Bytes bytes) {
  unsigned crc = 0;
  for (const auto byte : bytes) {
    crc ^= static_cast<unsigned>(byte) << 8;
    for (int i = 0; i < 8; ++i) crc = (crc << 1) ^ ((crc & 0x8000) != 0 ? 0x18005u : 0u);
  }
  return static_cast<std::uint16_t>(crc);
}

bool is_flac_frame(Bytes head) {
  if (head.size() < 16 || head[0] != 0xFF || (head[1] & 0xFE) != 0xF8 || (head[3] & 1) != 0) return false;
  std::size_t length = 4, number = 1;
  while (number < 7 && (head[4] & (0x80 >> number)) != 0) ++number;
  length += (head[4] & 0x80) == 0 ? 1 : number;
  const unsigned block = head[2] >> 4, rate = head[2] & 15;
  length += block == 6 ? 1 : block == 7 ? 2 : 0;
  length += rate == 12 ? 1 : rate == 13 || rate == 14 ? 2 : 0;
  return block != 0 && rate != 15 && length < head.size() && crc8(head.first(length)) == head[length];
}

bool flac_ends_torn(FileBytes& file) {
  const auto end = without_tags(file);
  const auto from = std::max<std::int64_t>(0, end - static_cast<std::int64_t>(kTail));
  const auto text = file.text_at(from, static_cast<std::size_t>(end - from));
  const auto tail = bytes_of(text);
  bool any = false;
  for (std::size_t at = tail.size(); at-- > 0;) {
    if (!is_flac_frame(tail.subspan(at))) continue;
    any = true;
    if (crc16(tail.subspan(at)) == 0) return false;
  }
  return any;
}

// --- Program streams; a Video CD's (RIFF CDXA) lies in sectors of 2352 bytes

bool program_ends_torn(FileBytes& file) {
  if (file.text_at(0, 4) == "RIFF" && file.text_at(8, 4) == "CDXA") {
    constexpr std::int64_t head = 44, sector = 2352;
    return file.size() > head && (file.size() - head) % sector != 0;
  }
  const auto from = std::max<std::int64_t>(0, file.size() - static_cast<std::int64_t>(kTail));
  const auto tail = file.text_at(from, kTail);
  return !program_stream_ends_whole(bytes_of(tail));
}

bool dv_ends_torn(FileBytes& file) {
  const std::int64_t frame = (file.big(3, 1) & 0x80) != 0 ? 144'000 : 120'000;
  return file.size() % frame != 0;
}

}  // namespace

std::optional<TransportLayout> transport_layout(FileBytes& file) {
  constexpr std::array<std::int64_t, 3> steps{188, 192, 204};
  const auto head = file.text_at(0, 4096);
  for (const auto step : steps) {
    for (std::int64_t sync = 0; sync < step; ++sync) {
      bool all = true;
      std::int64_t count = 0;
      for (auto at = sync; at < static_cast<std::int64_t>(head.size()) && all; at += step, ++count)
        all = head[static_cast<std::size_t>(at)] == 0x47;
      if (all && count >= 4) return TransportLayout{step, sync};
    }
  }
  return std::nullopt;
}

bool frames_end_torn(FileBytes& file, std::string_view container) {
  if (container == "ogg") return ogg_ends_torn(file);
  if (container == "mpegts") return transport_ends_torn(file);
  if (container == "mpeg") return program_ends_torn(file);
  if (container == "mp3") return frame_chain_ends_torn(file, mp3_frame);
  if (container == "aac") return frame_chain_ends_torn(file, adts_frame);
  if (container == "ac3") return frame_chain_ends_torn(file, ac3_frame);
  if (container == "amr") return amr_ends_torn(file);
  if (container == "flac") return flac_ends_torn(file);
  if (container == "dv") return dv_ends_torn(file);
  return false;
}

int empty_percent(FileBytes& file) {
  constexpr int samples = 200;
  constexpr std::size_t length = 512;
  int empty = 0;
  for (int i = 0; i < samples; ++i)
    empty += std::ranges::all_of(file.at(file.size() / samples * i, length), [](auto b) { return b == 0; })
                 ? 1
                 : 0;
  return empty * 100 / samples;
}

bool ends_torn(FileBytes& file, std::string_view container) {
  return boxes_end_torn(file, container) || chunks_end_torn(file, container) ||
         frames_end_torn(file, container);
}

}  // namespace edu::player
