#include "base/address_place.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/text.h"

namespace edu {
namespace {

Place place_of_v4(std::uint32_t address) {
  const auto within = [address](std::uint32_t net, int bits) { return (address ^ net) >> (32 - bits) == 0; };
  if (within(0x7F000000, 8) || within(0, 8)) return Place::loopback;
  if (within(0xA9FE0000, 16) || address >= 0xE0000000) return Place::link_local;
  const bool inside =
      within(0x0A000000, 8) || within(0xAC100000, 12) || within(0xC0A80000, 16) || within(0x64400000, 10);
  return inside ? Place::private_net : Place::public_net;
}

std::uint32_t v4_at(const std::uint8_t* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 |
         bytes[3];
}

bool begins(const std::uint8_t* bytes, std::initializer_list<std::uint8_t> with) {
  return std::equal(with.begin(), with.end(), bytes);
}

Place place_of_v6(const std::uint8_t* bytes) {
  const bool mapped = begins(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF});
  const bool translated = begins(bytes, {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0});
  const bool compatible = begins(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});  // :: and ::1 as well
  if (compatible && v4_at(bytes + 12) <= 1) return Place::loopback;
  if (mapped || translated || compatible) return place_of_v4(v4_at(bytes + 12));
  if (begins(bytes, {0x20, 0x02})) return place_of_v4(v4_at(bytes + 2));  // 6to4
  if (bytes[0] == 0xFF || (bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80)) return Place::link_local;
  const bool inside = (bytes[0] & 0xFE) == 0xFC || (bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0xC0);
  return inside ? Place::private_net : Place::public_net;
}

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

}  // namespace

Place place_of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return place_of_v4(ntohl(v4.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return Place::loopback;
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  return place_of_v6(v6.sin6_addr.s6_addr);
}

Place place_of_host(const std::string& host) {
  auto name = ascii_lower(host);
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  if (name.ends_with('.')) name.pop_back();
  if (name == "localhost" || name.ends_with(".localhost")) return Place::loopback;
  addrinfo wanted{};
  wanted.ai_flags = AI_NUMERICHOST;  // asks no name server
  addrinfo* list = nullptr;
  if (::getaddrinfo(name.c_str(), nullptr, &wanted, &list) != 0) return Place::public_net;
  const std::unique_ptr<addrinfo, FreeAddresses> held(list);
  return place_of(*held->ai_addr);
}

}  // namespace edu
