// Addresses of live channels. Pure.
#pragma once

#include <string>
#include <string_view>

namespace edu::live {

// "udp://239.1.2.3:5000": for people, records and diagnostics, without user, password, query and fragment.
std::string without_credentials(std::string_view url);

// "县电视台 · udp://239.1.2.3:5000": the source as records have it, byte for byte as they keep it, for by it
// a recording is found again.
std::string source_of(std::string_view channel, std::string_view url);

}  // namespace edu::live
