// Which packet source the settings of a channel ask for.
#pragma once

#include <memory>

#include "config/settings.h"
#include "receiver/multicast/packet_source.h"

namespace edu::multicast {

// A socket; with `mpe_pid` a socket (or, with `transport_stream`, a file) that carries a transport stream.
// Throws std::invalid_argument when the settings name no addresses.
std::unique_ptr<PacketSource> source_of(const config::Channel& channel);

}  // namespace edu::multicast
