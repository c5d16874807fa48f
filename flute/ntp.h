// NTP's seconds, which FLUTE and LCT use for instants: 32 bits, counted from 1900, that start again in 2036.
#pragma once

#include <cstdint>

namespace edu::flute {

inline constexpr std::int64_t kNtpToUnix = 2'208'988'800;  // seconds from 1900 to 1970
inline constexpr std::int64_t kNtpEra = std::int64_t{1} << 32;

// RFC 4330 3: with the top bit set it is an instant of 1968 to 2036, without one of 2036 to 2104.
inline std::int64_t unix_from_ntp(std::uint32_t ntp) {
  const auto era = ntp & 0x8000'0000U ? 0 : kNtpEra;
  return ntp + era - kNtpToUnix;
}
inline std::uint32_t ntp_from_unix(std::int64_t seconds) {
  return static_cast<std::uint32_t>(seconds + kNtpToUnix);
}

}  // namespace edu::flute
