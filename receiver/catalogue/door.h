// Which servers a link or a redirect may lead to. A stranger who writes a list must not make the station
// speak to what only the station can reach: itself, its neighbours. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/address_place.h"
#include "receiver/catalogue/http.h"

struct sockaddr;

namespace edu::catalogue {

struct Door {
  bool anywhere = false;  // a setting names the host
  bool private_too = false;
  bool loopback_too = false;
  std::span<const std::uint16_t> own_ports;  // of the station itself, on loopback: never

  bool open(Place place, std::uint16_t port) const;
};

// For one request. `from`: where the server lies that redirected to `url`; of a server in a private net it
// may be another one there.
Door door_to(const std::string& url, const Access& access, std::optional<Place> from);

std::uint16_t port_of(const sockaddr& address);  // of an IPv4 or IPv6 address

}  // namespace edu::catalogue
