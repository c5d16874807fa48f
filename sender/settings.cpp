#include "sender/settings.h"

#include <cmath>

namespace edu::send {
namespace {

constexpr std::uint16_t kEthernet = 1500;  // bytes of an IP packet that no Ethernet has to fragment

}  // namespace

unsigned overhead_of(const Settings& settings) {
  if (settings.overhead) return static_cast<unsigned>(std::lround(*settings.overhead * 10));
  switch (settings.scheme) {
    case Scheme::none:
      return 0;
    case Scheme::rs:
    case Scheme::rs129:
      return 100;
    case Scheme::raptorq:
      return 50;
  }
  return 0;
}

bool is_ipv6(const std::string& group) { return group.find(':') != group.npos; }

std::size_t headers_of(const std::string& group) { return (is_ipv6(group) ? 40 : 20) + 8; }

std::uint16_t payload_of(const Settings& settings) {
  return settings.payload.value_or(static_cast<std::uint16_t>(kEthernet - headers_of(settings.group)));
}

}  // namespace edu::send
