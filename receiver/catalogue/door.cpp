#include "receiver/catalogue/door.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace edu::catalogue {

bool Door::open(Place place, std::uint16_t port) const {
  const bool ours = std::ranges::find(own_ports, port) != own_ports.end();
  if (place == Place::loopback && ours) return false;
  if (anywhere || place == Place::public_net) return true;
  if (place == Place::private_net) return private_too;
  return place == Place::loopback && loopback_too;
}

Door door_to(const std::string& url, const Access& access, std::optional<Place> from) {
  const auto host = host_of(url);
  const bool named = std::ranges::find(access.named, host) != access.named.end();
  Door door;
  door.anywhere = named;
  if (!access.proxy
           .empty()) {  // it is the proxy that looks up the name; only what the name says can be known
    const auto place = place_of_host(host);
    door.anywhere = named || (place != Place::loopback && place != Place::link_local);
  }
  door.private_too = access.private_too || (from && *from != Place::public_net);
  const auto is_here = [](const std::string& name) { return place_of_host(name) == Place::loopback; };
  door.loopback_too = std::ranges::any_of(access.named, is_here);
  return door;
}

std::uint16_t port_of(const sockaddr& address) {
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  std::uint16_t port = 0;
  std::memcpy(&port, reinterpret_cast<const char*>(&address) + offsetof(sockaddr_in, sin_port), sizeof port);
  return ntohs(port);
}

}  // namespace edu::catalogue
