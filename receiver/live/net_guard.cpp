#include "receiver/live/net_guard.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/address_place.h"

namespace edu::live {
namespace {

// Written once, before there is a second thread.
struct Guard {
  bool up = false;
  std::vector<std::string> named;  // addresses, as their bytes
  std::vector<std::uint16_t> own_ports;
};
Guard& guard() {
  static Guard one;
  return one;
}

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

std::string bytes_of(const sockaddr& address) {
  const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address);
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address);
  if (address.sa_family == AF_INET)
    return {reinterpret_cast<const char*>(&v4->sin_addr), sizeof v4->sin_addr};
  return {reinterpret_cast<const char*>(&v6->sin6_addr), sizeof v6->sin6_addr};
}

bool is_multicast(const sockaddr& address) {
  if (address.sa_family == AF_INET)
    return IN_MULTICAST(ntohl(reinterpret_cast<const sockaddr_in*>(&address)->sin_addr.s_addr));
  return reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr.s6_addr[0] == 0xFF;
}

bool may_reach(const sockaddr* address, socklen_t size) {
  const auto& rules = guard();
  const bool internet = address && ((address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) ||
                                    (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)));
  if (!rules.up || !internet) return true;
  const auto place = place_of(*address);
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  const auto port = ntohs(reinterpret_cast<const sockaddr_in*>(address)->sin_port);
  if (place == Place::loopback && std::ranges::find(rules.own_ports, port) != rules.own_ports.end())
    return false;
  if (place == Place::public_net || place == Place::private_net || is_multicast(*address)) return true;
  return std::ranges::find(rules.named, bytes_of(*address)) != rules.named.end();
}

// "rtsp://name:word@[fe80::1]:554/x" → "fe80::1"
std::string host_of(const std::string& url) {
  const auto slashes = url.find("://");
  const auto begin = slashes == url.npos ? 0 : slashes + 3;
  auto authority = url.substr(begin, url.find_first_of("/?#", begin) - begin);
  authority.erase(0, authority.rfind('@') + 1);
  if (authority.starts_with('[')) return authority.substr(1, authority.find(']') - 1);
  return authority.substr(0, authority.find(':'));
}

template <class Function>
Function next_of(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

void guard_connections(const std::string& url, std::vector<std::uint16_t> own_ports) {
  auto& rules = guard();
  addrinfo* list = nullptr;
  if (::getaddrinfo(host_of(url).c_str(), nullptr, nullptr, &list) == 0) {
    const std::unique_ptr<addrinfo, FreeAddresses> held(list);
    for (const auto* one = list; one; one = one->ai_next) rules.named.push_back(bytes_of(*one->ai_addr));
  }
  rules.own_ports = std::move(own_ports);
  rules.up = true;
}

}  // namespace edu::live

// The dynamic linker finds these before libc's, for every library of the process.
extern "C" {

int connect(int socket, const sockaddr* address, socklen_t size) {
  static const auto real = edu::live::next_of<int (*)(int, const sockaddr*, socklen_t)>("connect");
  if (edu::live::may_reach(address, size)) return real(socket, address, size);
  errno = EACCES;
  return -1;
}

ssize_t sendto(int socket, const void* bytes, size_t count, int flags, const sockaddr* address,
               socklen_t size) {
  static const auto real =
      edu::live::next_of<ssize_t (*)(int, const void*, size_t, int, const sockaddr*, socklen_t)>("sendto");
  if (edu::live::may_reach(address, size)) return real(socket, bytes, count, flags, address, size);
  errno = EACCES;
  return -1;
}

}  // extern "C"
