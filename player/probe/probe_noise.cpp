// What is no part of the container any more, though it lies in the middle of the file: other bytes were
// written over it. libav passes over that, or decodes it, and the file would count as a shorter one.
#include <algorithm>
#include <array>

#include "player/probe/probe_ends.h"

namespace edu::player {
namespace {

constexpr int kPlaces = 100;
// Bytes in which a page, a pack or a packet has to begin: none of them is longer than 64 KiB and its head.
constexpr std::int64_t kNoiseWindow = 70'000;

// Ogg's checksum (RFC 3533, 6): CRC-32 with the polynomial 0x04C11DB7, highest bit first.
constexpr auto kCrcTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    auto crc = i << 24;
    for (int bit = 0; bit < 8; ++bit) crc = (crc << 1) ^ ((crc & 0x80000000) != 0 ? 0x04C11DB7u : 0u);
    table[i] = crc;
  }
  return table;
}();

// The checksum's own bytes, 22 to 25 of the page, count as zeros.
std::uint32_t page_checksum(std::string_view page) {
  std::uint32_t crc = 0;
  for (std::size_t i = 0; i < page.size(); ++i) {
    const auto byte = i >= 22 && i < 26 ? 0u : static_cast<unsigned char>(page[i]);
    crc = (crc << 8) ^ kCrcTable[(crc >> 24) ^ byte];
  }
  return crc;
}

// A page begins here, and holds what its checksum says; one that the window does not hold whole is believed.
bool is_page_of_ogg(std::string_view window) {
  const auto at = window.substr(0, static_cast<std::size_t>(kNoiseWindow)).find("OggS");
  if (at == window.npos || at + 27 > window.size()) return false;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(window[at + i]); };
  const std::size_t segments = byte(26);
  std::size_t length = 27 + segments;
  if (at + length > window.size()) return true;
  for (std::size_t i = 0; i < segments; ++i) length += byte(27 + i);
  if (at + length > window.size()) return true;
  const auto stored = byte(22) | byte(23) << 8 | byte(24) << 16 | static_cast<std::uint32_t>(byte(25)) << 24;
  return page_checksum(window.substr(at, length)) == stored;
}

// A start code of a pack or of a packet (ISO/IEC 13818-1, 2.5.3).
bool is_program_stream(std::string_view window) {
  constexpr std::string_view code{"\0\0\1", 3};
  for (auto at = window.find(code); at != window.npos && at + 3 < window.size();
       at = window.find(code, at + 1))
    if (static_cast<unsigned char>(window[at + 3]) >= 0xBA) return true;
  return false;
}

// Sync bytes a packet apart, whatever their place: joined parts need not be in step.
bool is_transport_stream(std::string_view window) {
  for (const std::size_t step : {188u, 192u, 204u})
    for (std::size_t first = 0; first < step; ++first) {
      std::size_t at = first;
      while (at < window.size() && window[at] == 0x47) at += step;
      if (at >= first + 6 * step) return true;
    }
  return false;
}

}  // namespace

int noise_percent(FileBytes& file, std::string_view container) {
  const auto belongs = container == "ogg"      ? is_page_of_ogg
                       : container == "mpeg"   ? is_program_stream
                       : container == "mpegts" ? is_transport_stream
                                               : nullptr;
  if (!belongs || file.size() < 2 * kNoiseWindow) return 0;
  const auto length = static_cast<std::size_t>(container == "mpegts" ? 204 * 8 : 2 * kNoiseWindow);
  int noise = 0;
  for (int i = 0; i < kPlaces; ++i) {
    const auto window = file.text_at((file.size() - kNoiseWindow) / kPlaces * i, length);
    const bool empty = std::ranges::all_of(window, [](char c) { return c == 0; });  // a matter of its own
    if (!empty && !belongs(window)) ++noise;
  }
  return noise * 100 / kPlaces;
}

}  // namespace edu::player
