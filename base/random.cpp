#include "base/random.h"

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <vector>

#include <sys/random.h>

#include "base/sha256.h"

namespace edu {

std::string random_id(std::size_t bytes) {
  std::vector<std::uint8_t> buffer(bytes);
  if (::getrandom(buffer.data(), buffer.size(), 0) != static_cast<ssize_t>(bytes))
    throw std::system_error(errno, std::generic_category(), "getrandom");
  return to_hex(buffer);
}

}  // namespace edu
