#include "receiver/multicast/mpe.h"

#include <algorithm>

#include "receiver/multicast/crc.h"

namespace edu::multicast {
namespace {

constexpr std::size_t kPacket = 188;
constexpr std::uint8_t kSync = 0x47, kMpeTable = 0x3e;
constexpr std::size_t kLongestSection = 4096, kMpeHeader = 12, kCrc = 4;
constexpr std::size_t kLongestDatagram = 65535;
constexpr std::uint8_t kUdp = 17;

std::size_t big16(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::size_t>(bytes[at] << 8 | bytes[at + 1]);
}

}  // namespace

MpeReader::MpeReader(std::uint16_t pid, std::uint16_t port, Take take)
    : pid_(pid), port_(port), take_(std::move(take)) {}

void MpeReader::feed(std::span<const std::uint8_t> bytes) {
  partial_.insert(partial_.end(), bytes.begin(), bytes.end());
  std::span<const std::uint8_t> rest(partial_);
  while (rest.size() >= kPacket) {
    if (rest[0] != kSync) {
      ++counts_.lost_sync;
      rest = rest.subspan(1);
      continue;
    }
    packet(rest.first(kPacket));
    rest = rest.subspan(kPacket);
  }
  partial_.erase(partial_.begin(), partial_.end() - static_cast<std::ptrdiff_t>(rest.size()));
}

void MpeReader::drop_section() {
  gathering_ = false;
  section_.clear();
}

void MpeReader::packet(std::span<const std::uint8_t> p) {
  const bool damaged = (p[1] & 0x80) != 0, starts = (p[1] & 0x40) != 0, scrambled = (p[3] & 0xc0) != 0;
  if ((big16(p, 1) & 0x1fff) != pid_) return;
  ++counts_.packets;
  if (damaged || scrambled) return drop_section();
  if ((p[3] & 0x10) == 0) return;  // no payload
  const auto counter = static_cast<std::uint8_t>(p[3] & 0x0f);
  if (continuity_ == counter) return;  // a repeated packet
  if (continuity_ && ((*continuity_ + 1) & 0x0f) != counter) {
    ++counts_.discontinuities;
    drop_section();
  }
  continuity_ = counter;
  const std::size_t skip = (p[3] & 0x20) != 0 ? std::size_t{5} + p[4] : 4;
  if (skip >= kPacket) return drop_section();
  auto payload = p.subspan(skip);
  if (!starts) return gather(payload);
  const std::size_t pointer = payload[0];
  payload = payload.subspan(1);
  if (pointer > payload.size()) return drop_section();
  gather(payload.first(pointer));  // the end of the section before
  drop_section();
  gathering_ = true;
  gather(payload.subspan(pointer));
}

// Bytes of sections, one behind the other; 0xff fills what is left of a packet.
void MpeReader::gather(std::span<const std::uint8_t> bytes) {
  while (gathering_ && !bytes.empty()) {
    if (section_.empty() && bytes[0] == 0xff) return drop_section();
    const auto have = section_.size();
    const auto needed = have < 3 ? std::size_t{3} : 3 + (big16(section_, 1) & 0x0fff);
    const auto piece = bytes.first(std::min(needed - have, bytes.size()));
    section_.insert(section_.end(), piece.begin(), piece.end());
    bytes = bytes.subspan(piece.size());
    if (section_.size() < 3) return;
    const auto whole = 3 + (big16(section_, 1) & 0x0fff);
    if (whole > kLongestSection || whole < kMpeHeader + kCrc) {
      ++counts_.bad_sections;
      return drop_section();
    }
    if (section_.size() < whole) continue;
    section(section_);
    section_.clear();
  }
}

void MpeReader::section(std::span<const std::uint8_t> s) {
  if (s[0] != kMpeTable) return;
  const unsigned number = s[6], last = s[7];
  const bool llc_snap = (s[5] & 0x02) != 0, scrambled = (s[5] & 0x3c) != 0;
  const bool has_crc = (s[1] & 0x80) != 0;
  if ((has_crc && crc32_mpeg(s) != 0) || llc_snap || scrambled || number > last) {
    ++counts_.bad_sections;
    next_section_ = 0;
    return;
  }
  if (number == 0) datagram_.clear(), next_section_ = 0;
  if (number != next_section_) {
    ++counts_.bad_sections;
    return;
  }
  const auto payload = s.subspan(kMpeHeader, s.size() - kMpeHeader - kCrc);
  if (datagram_.size() + payload.size() > kLongestDatagram) {
    ++counts_.bad_sections;
    next_section_ = 0;
    return;
  }
  datagram_.insert(datagram_.end(), payload.begin(), payload.end());
  next_section_ = number + 1;
  if (number == last) datagram(datagram_);
}

void MpeReader::datagram(std::span<const std::uint8_t> ip) {
  Address source;
  if (ip.size() >= 28 && ip[0] >> 4 == 4) {
    const auto header = std::size_t{ip[0] & 15u} * 4, total = big16(ip, 2);
    const bool fragment = (big16(ip, 6) & 0x3fff) != 0;
    if (header >= 20 && total >= header + 8 && total <= ip.size() && !fragment && ip[9] == kUdp) {
      source.bytes[10] = source.bytes[11] = 0xff;
      std::ranges::copy(ip.subspan(12, 4), source.bytes.begin() + 12);
      return udp(source, ip.subspan(header, total - header));
    }
  } else if (ip.size() >= 48 && ip[0] >> 4 == 6) {
    const auto length = big16(ip, 4);
    if (length >= 8 && 40 + length <= ip.size() && ip[6] == kUdp) {
      std::ranges::copy(ip.subspan(8, 16), source.bytes.begin());
      return udp(source, ip.subspan(40, length));
    }
  }
  ++counts_.not_udp;
}

// The section's CRC has spoken for the bytes; the UDP checksum would say the same again.
void MpeReader::udp(const Address& source, std::span<const std::uint8_t> u) {
  const auto length = big16(u, 4);
  if (length < 8 || length > u.size()) {
    ++counts_.not_udp;
    return;
  }
  if (port_ != 0 && big16(u, 2) != port_) return;
  ++counts_.datagrams;
  take_(source, u.subspan(8, length - 8));
}

}  // namespace edu::multicast
