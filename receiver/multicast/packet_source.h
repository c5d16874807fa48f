// Where datagrams come from: a socket, or a transport stream. Used by one thread, the channel's RX thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"

namespace edu::multicast {

// Who sent a datagram: an IPv6 address, or an IPv4 one in its mapped form.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Address&) const = default;
  std::string text() const;  // "192.0.2.1", "2001:db8::1"
};

// Datagrams as one system call gives them, in memory that goes round. With UDP GRO a slot holds several
// datagrams of one sender, all but the last of `segment` bytes.
class Batch {
 public:
  static constexpr std::size_t kSlots = 8;            // of 4 batches: they stay in the processor's cache
  static constexpr std::size_t kSlotSize = 64 << 10;  // the largest datagram, and what GRO gathers

  struct Slot {
    Address source;
    std::size_t size = 0, segment = 0;
  };
  Batch() : memory_(std::make_unique_for_overwrite<std::uint8_t[]>(kSlots * kSlotSize)) {}

  std::span<std::uint8_t> memory(std::size_t slot) { return {memory_.get() + slot * kSlotSize, kSlotSize}; }
  std::array<Slot, kSlots> slots;
  std::size_t count = 0;
  std::uint64_t kernel_drops = 0;  // since the source was opened

  // Calls `take(source, datagram)` for each.
  template <class Take>
  void each(Take take) {
    for (std::size_t i = 0; i < count; ++i) {
      auto bytes = std::span<const std::uint8_t>(memory(i)).first(slots[i].size);
      const auto step = slots[i].segment == 0 ? bytes.size() : slots[i].segment;
      while (!bytes.empty()) {
        const auto one = bytes.first(std::min(step, bytes.size()));
        take(slots[i].source, one);
        bytes = bytes.subspan(one.size());
      }
    }
  }

 private:
  std::unique_ptr<std::uint8_t[]> memory_;
};

class PacketSource {
 public:
  virtual ~PacketSource() = default;
  // (Re)opens it. Throws std::system_error; then it is tried again later.
  virtual void open() = 0;
  // Waits at most `patience` and fills the batch; false: nothing more will ever come (a file's end). Throws
  // std::system_error: it must be opened again.
  virtual bool receive(Batch& batch, milliseconds patience) = 0;
  // From any thread: makes a receive() that waits return soon.
  virtual void wake() noexcept = 0;
};

}  // namespace edu::multicast
