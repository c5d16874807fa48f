// Where an IP address lies: what a stranger's link may lead to depends on it. Pure; any thread.
#pragma once

#include <string>

struct sockaddr;

namespace edu {

// From the nearest to the farthest. loopback: this machine, and the address that means any of it. link_local:
// also multicast and what is reserved. private_net: RFC 1918, RFC 4193 and RFC 6598.
enum class Place { loopback, link_local, private_net, public_net };

// Of an IPv4 or IPv6 address, also of an IPv4 address inside an IPv6 one; any other family: loopback.
Place place_of(const sockaddr& address);

// Of a host as it stands in a URL, where it is an address ("10.0.0.1", "[::1]", "::1") or "localhost"; of any
// other name, which only a name server can tell: public_net.
Place place_of_host(const std::string& host);

}  // namespace edu
