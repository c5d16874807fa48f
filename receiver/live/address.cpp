#include "receiver/live/address.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"

namespace edu::live {
namespace {

bool is_scheme(std::string_view text) {
  constexpr std::string_view kOthers = "+-.";
  return std::ranges::all_of(text, [&](unsigned char c) {
    return std::isalnum(c) != 0 || kOthers.find(static_cast<char>(c)) != kOthers.npos;
  });
}

}  // namespace

std::string without_credentials(std::string_view url) {
  const auto line = one_line(to_utf8(url));
  const auto shown = std::string_view(line).substr(0, line.find_first_of("?#"));
  const auto colon = shown.find("://");
  const bool has_scheme = colon != shown.npos && is_scheme(shown.substr(0, colon));
  const auto begin = has_scheme ? colon + 3 : 0;
  const auto end = has_scheme ? std::min(shown.find('/', begin), shown.size()) : shown.size();
  const auto host = shown.substr(begin, end - begin);
  const auto at = host.rfind('@');  // "udp://@239.1.2.3" is a way of writing it, and its '@' says nothing
  return one_line(std::string(shown.substr(0, begin)) +
                  std::string(host.substr(at == host.npos ? 0 : at + 1)) + std::string(shown.substr(end)));
}

std::string source_of(std::string_view channel, std::string_view url) {
  constexpr std::size_t kMost = 900;  // bytes; the intake keeps 1000
  return one_line(std::string(channel) + " · " + without_credentials(url), kMost);
}

}  // namespace edu::live
