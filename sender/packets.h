// Datagrams: the bytes of an ALC packet around a symbol. Pure.
#pragma once

#include <string>
#include <vector>

#include "flute/alc.h"
#include "sender/objects.h"

namespace edu::send {

// Datagrams of one size, one behind the other in memory, as the kernel takes them in one call; the last one
// alone may be shorter.
struct Batch {
  std::vector<std::uint8_t> bytes;
  std::size_t size = 0;   // of a datagram
  std::size_t count = 0;  // datagrams
  void clear() { bytes.clear(), size = count = 0; }
};

// The most bytes that a symbol of a file may have in a datagram of this payload. 0: there is no room.
std::size_t symbol_room(const Settings& settings);

// Do the packets of a stretch's batch have EXT_FTI? A receiver that has not read the FDT yet begins with the
// first packet that says how the object is cut. The FDT says it too, so the standards ask no data packet to
// (RFC 5775 2.3, RFC 6726 5): one batch of several is enough, the first of each stretch among them, for files
// that are no more than that. The kernel takes packets of one size at a time, so that a batch is all of a
// kind.
bool has_fti(Fti which, std::uint64_t batch);

// The packets of one object.
class ObjectPackets {
 public:
  ObjectPackets(const Settings& settings, const flute::File& file);
  std::size_t size(bool fti) const { return header(fti).size() + payload_id_ + oti_.symbol; }
  // Appends a packet; the caller fills the symbol that it returns. `symbol` bytes of it: fewer than the
  // symbol length where a No-Code object ends.
  std::span<std::uint8_t> append(Batch& batch, bool fti, std::uint32_t sbn, std::uint32_t esi,
                                 std::size_t symbol, bool close_object) const;

 private:
  const std::vector<std::uint8_t>& header(bool fti) const { return fti ? with_fti_ : plain_; }

  fec::Oti oti_;
  fec::Partition partition_;
  std::vector<std::uint8_t> plain_, with_fti_;  // headers
  std::size_t payload_id_;
};

// An FDT instance, cut into packets; No-Code, gzip where it is longer than one packet.
std::vector<std::vector<std::uint8_t>> fdt_packets(const Settings& settings, const flute::Fdt& fdt,
                                                   std::uint32_t instance);

// The same packet, and it says that the session ends.
std::vector<std::uint8_t> closing(std::vector<std::uint8_t> packet);

}  // namespace edu::send
