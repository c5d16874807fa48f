// Any bytes as a datagram: malformed, or a packet that lies within them and that our own header gives back.
#include <algorithm>
#include <cstdlib>

#include "flute/alc.h"

using namespace edu::flute;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

bool within(std::span<const std::uint8_t> part, std::span<const std::uint8_t> whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_round_trip(const Packet& packet) {
  PacketHeader header;
  header.tsi = packet.tsi;
  header.toi = packet.toi;
  header.codepoint = packet.codepoint;
  header.close_object = packet.close_object;
  header.close_session = packet.close_session;
  header.fdt = packet.fdt;
  header.fti = packet.fti.size() <= 256 ? packet.fti : std::span<const std::uint8_t>();
  header.sender_current_time_ms = packet.sender_current_time_ms;
  const auto bytes = write_header(header);
  const auto again = read_packet(bytes);
  check(again && again->payload.empty());
  check(again->tsi == packet.tsi && again->toi == packet.toi && again->fdt == packet.fdt);
  check(std::ranges::equal(again->fti, header.fti));
  check(again->sender_current_time_ms == packet.sender_current_time_ms);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes(data, size);
  const auto packet = read_packet(bytes);
  if (!packet) {
    check(std::string_view(name_of(packet.error())) != "unknown");
    return 0;
  }
  check(within(packet->payload, bytes) && within(packet->fti, bytes));
  check_round_trip(*packet);
  return 0;
}
