// Whom edustation-record may speak to: a channel's list or redirect must not lead it to what only this
// machine can reach. For that program alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace edu::live {

// From here on a connection to this machine (loopback) or to a link-local address fails with EACCES, but for
// the addresses of `url`'s host, which a setting names; and one to a port of `own_ports` on this machine
// fails whoever names it. Private networks are open: that is where channels are. Asks for the host's
// addresses, so it may wait. Once, on the only thread. Works by standing before libc's connect() and
// sendto(), which every library of the process calls; what libc itself asks of name servers does not pass
// here.
void guard_connections(const std::string& url, std::vector<std::uint16_t> own_ports);

}  // namespace edu::live
