// Where datagrams go: the network, or a test.
#pragma once

#include <span>

#include "base/fd.h"
#include "base/result.h"
#include "sender/packets.h"

namespace edu::send {

class Outlet {
 public:
  virtual ~Outlet() = default;
  // Sends all datagrams of the batch; waits where the kernel's buffers are full. Throws std::system_error
  // when the network refuses for good; what it refuses for a while (an interface that is down) is counted.
  virtual void send(const Batch& batch) = 0;
};

// A UDP socket to one group. GSO (UDP_SEGMENT) where the kernel has it: one call and one run through the
// stack for up to 64 datagrams; sendmmsg where it has not.
class MulticastOutlet final : public Outlet {
 public:
  // Refusals send.bad_group {group}, send.no_interface {interface}, send.no_socket {what}.
  static Result<MulticastOutlet> open(const Settings& settings);
  void send(const Batch& batch) override;
  std::uint64_t lost() const { return lost_; }  // datagrams that the kernel did not take
  bool segments() const { return segments_; }   // GSO is in use
  void without_segments() { segments_ = false; }

 private:
  MulticastOutlet(Fd socket) : socket_(std::move(socket)) {}
  int send_segmented(const Batch& batch);  // errno, or 0
  void send_singly(const Batch& batch);

  Fd socket_;
  bool segments_ = true;
  std::uint64_t lost_ = 0;
};

}  // namespace edu::send
