#include "receiver/multicast/crc.h"

#include <isa-l/crc.h>

namespace edu::multicast {

std::uint32_t crc32(std::span<const std::uint8_t> bytes, std::uint32_t before) {
  return ::crc32_gzip_refl(before, bytes.data(), bytes.size());
}

std::uint32_t crc32_mpeg(std::span<const std::uint8_t> bytes) {
  return ~::crc32_ieee(0, bytes.data(), bytes.size());
}

}  // namespace edu::multicast
