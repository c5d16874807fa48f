// Datagrams of a multicast group from a UDP socket, IPv4 or IPv6.
//
// Joins with the source-specific call of RFC 3678 where a sender is named (IGMPv3, MLDv2), asks for a large
// socket buffer, lets the kernel gather datagrams (UDP GRO) where it can, and reads what it dropped
// (SO_RXQ_OVFL). When its interface goes or comes back, receive() throws, so that the group is joined again.
// On the RX thread; wake() from any.
#pragma once

#include <string>

#include "base/fd.h"
#include "config/settings.h"
#include "receiver/multicast/link_watch.h"
#include "receiver/multicast/packet_source.h"

namespace edu::multicast {

class UdpSource final : public PacketSource {
 public:
  // Throws std::invalid_argument when group, source or interface are no such thing.
  explicit UdpSource(const config::Channel& channel);
  ~UdpSource() override;

  void open() override;
  bool receive(Batch& batch, milliseconds patience) override;
  void wake() noexcept override;

  std::uint16_t port() const;    // that it is bound to
  std::size_t buffer() const;    // bytes that the kernel gave
  void drop(unsigned permille);  // a random share is dropped by the kernel: for measuring

 private:
  void bind_group();
  void join();
  void find_interface();
  void set_buffer();

  config::Channel channel_;
  bool six_ = false;
  unsigned interface_ = 0;
  unsigned drop_ = 0;
  std::uint64_t drops_before_ = 0, drops_ = 0;  // of earlier sockets; of this one
  Fd socket_, wake_;
  LinkWatch links_;
};

}  // namespace edu::multicast
