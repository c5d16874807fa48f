// IP datagrams out of a transport stream: packets of 188 bytes in, the payload of UDP datagrams out.
//
// Sources: ISO/IEC 13818-1 2.4.3 (packets) and 2.4.4 (sections), EN 301 192 clause 7 (MPE: table id 0x3e,
// sections of one datagram in their order, CRC-32), RFC 791, 768, 8200. Pure; what comes in is hostile.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "receiver/multicast/packet_source.h"

namespace edu::multicast {

struct MpeCounts {
  std::uint64_t packets = 0;          // of the transport stream, of our PID
  std::uint64_t lost_sync = 0;        // bytes skipped to find the next packet
  std::uint64_t discontinuities = 0;  // a packet is missing: its section is dropped
  std::uint64_t bad_sections = 0;     // CRC, length or order
  std::uint64_t datagrams = 0;        // UDP, given out
  std::uint64_t not_udp = 0;          // other protocols, fragments, damaged headers
};

class MpeReader {
 public:
  using Take = std::function<void(const Address& source, std::span<const std::uint8_t> payload)>;

  // `port`: of the datagrams that are wanted; 0: any.
  MpeReader(std::uint16_t pid, std::uint16_t port, Take take);

  // Any piece of the stream; packets may lie across pieces.
  void feed(std::span<const std::uint8_t> bytes);
  const MpeCounts& counts() const { return counts_; }

 private:
  void packet(std::span<const std::uint8_t> packet);
  void gather(std::span<const std::uint8_t> bytes);
  void section(std::span<const std::uint8_t> section);
  void datagram(std::span<const std::uint8_t> ip);
  void udp(const Address& source, std::span<const std::uint8_t> udp);
  void drop_section();

  std::uint16_t pid_, port_;
  Take take_;
  std::vector<std::uint8_t> partial_;   // less than a packet, from the last piece
  std::vector<std::uint8_t> section_;   // that is being gathered
  std::vector<std::uint8_t> datagram_;  // of the sections so far
  bool gathering_ = false;
  std::optional<std::uint8_t> continuity_;
  unsigned next_section_ = 0;
  MpeCounts counts_;
};

}  // namespace edu::multicast
