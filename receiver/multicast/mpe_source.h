// Datagrams that come inside a transport stream: from a file, or from UDP as a satellite gateway sends it
// (plain or with RTP headers). On the RX thread.
#pragma once

#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "base/files.h"
#include "config/settings.h"
#include "receiver/multicast/mpe.h"
#include "receiver/multicast/udp_source.h"

namespace edu::multicast {

class MpeSource final : public PacketSource {
 public:
  // With `channel.transport_stream` from that file, once; otherwise from the channel's group and port.
  explicit MpeSource(const config::Channel& channel);

  void open() override;
  bool receive(Batch& batch, milliseconds patience) override;
  void wake() noexcept override;

 private:
  bool read_more(milliseconds patience);
  void give_out(Batch& batch);

  config::Channel channel_;
  std::unique_ptr<UdpSource> carrier_;
  Batch carried_;
  Fd file_;
  std::vector<std::uint8_t> chunk_;
  std::deque<std::pair<Address, std::vector<std::uint8_t>>> waiting_;
  MpeReader reader_;
};

}  // namespace edu::multicast
