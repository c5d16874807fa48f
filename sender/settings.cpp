#include "sender/settings.h"

#include <cmath>

namespace edu::send {
namespace {

constexpr std::uint64_t kFastRate = 25'000'000;  // bits per second
constexpr std::uint16_t kEthernet = 1500;        // bytes of an IP packet that no Ethernet has to fragment

}  // namespace

unsigned overhead_of(const Settings& settings, std::uint64_t length) {
  if (settings.overhead) return static_cast<unsigned>(std::lround(*settings.overhead * 10));
  if (settings.scheme == Scheme::none) return 0;
  // Of a fast carousel a break takes more packets, and a window bears no more than before.
  const bool fast = settings.rate > kFastRate;
  const unsigned usual = settings.scheme == Scheme::raptorq ? 50 : fast ? 120 : 100;
  const double lost = kUsualBreak * static_cast<double>(settings.rate) / 8;
  const bool one_window = length <= std::uint64_t{settings.window_mib} << 20;
  // A file that a break swallows whole has to wait for the next pass.
  if (!one_window || lost >= static_cast<double>(length)) return usual;
  return usual + static_cast<unsigned>(std::lround(1000 * lost / static_cast<double>(length)));
}

bool is_ipv6(const std::string& group) { return group.find(':') != group.npos; }

std::size_t headers_of(const std::string& group) { return (is_ipv6(group) ? 40 : 20) + 8; }

std::uint16_t payload_of(const Settings& settings) {
  return settings.payload.value_or(static_cast<std::uint16_t>(kEthernet - headers_of(settings.group)));
}

}  // namespace edu::send
