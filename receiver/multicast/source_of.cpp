#include "receiver/multicast/source_of.h"

#include "receiver/multicast/mpe_source.h"
#include "receiver/multicast/udp_source.h"

namespace edu::multicast {

std::unique_ptr<PacketSource> source_of(const config::Channel& channel) {
  if (channel.mpe_pid != 0) return std::make_unique<MpeSource>(channel);
  return std::make_unique<UdpSource>(channel);
}

}  // namespace edu::multicast
