#include <algorithm>

#include <live/address.h>

#include <base/text.h>

namespace edu::live {

std::string without_credentials(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == url.npos) return one_line(to_utf8(url.substr(0, url.find_first_of("?#@"))));
  const auto end = std::min(url.find_first_of("/?#", scheme + 3), url.size());
  const auto host = url.substr(scheme + 3, end - scheme - 3);
  const auto at = host.rfind('@');
  const auto path = url.substr(end, url.find_first_of("?#", end) - end);
  // "udp://@239.1.2.3" is a way of writing it, and its '@' says nothing.
  const auto shown = at == host.npos ? host : host.substr(at + 1);
  return one_line(to_utf8(std::string(url.substr(0, scheme + 3)) + std::string(shown) + std::string(path)));
}

std::string source_of(std::string_view channel, std::string_view url) {
  constexpr std::size_t kMost = 900;  // bytes; the intake keeps 1000
  const auto whole = one_line(to_utf8(std::string(channel) + " · " + without_credentials(url)));
  return one_line(truncate_utf8(whole, kMost));
}

}  // namespace edu::live
