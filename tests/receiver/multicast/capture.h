// Datagrams out of a file that tcpdump wrote.
#pragma once

#include "tests/receiver/multicast/bench.h"

namespace edu::multicast {

template <class T>
inline T read_at_of(const Bytes& bytes, std::size_t at) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

// The UDP payloads of a little-endian pcap file of Ethernet, raw IP or Linux cooked frames with IPv4 in them.
inline std::vector<Bytes> payloads_of(const fs::path& capture) {
  const auto bytes = content_of(capture);
  std::vector<Bytes> out;
  const auto link = read_at_of<std::uint32_t>(bytes, 20);
  const std::size_t frame = link == 1 ? 14 : link == 113 ? 16 : link == 276 ? 20 : 0;
  for (std::size_t at = 24; at + 16 <= bytes.size();) {
    const auto size = read_at_of<std::uint32_t>(bytes, at + 8);
    const auto ip = at + 16 + frame;
    const auto header = std::size_t{bytes[ip] & 15u} * 4;
    const bool udp = bytes[ip] >> 4 == 4 && bytes[ip + 9] == 17;
    const auto length = static_cast<std::size_t>(bytes[ip + header + 4] << 8 | bytes[ip + header + 5]);
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(ip + header + 8);
    if (udp) out.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(length - 8));
    at += 16 + size;
  }
  return out;
}

}  // namespace edu::multicast
