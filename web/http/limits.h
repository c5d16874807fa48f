// What one stranger, and all of them together, may cost the server.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace edu::web {

struct Limits {
  std::uint32_t header = 16384;          // bytes of a request's head
  std::uint64_t body = 8 << 20;          // bytes of its body
  milliseconds request_timeout{15'000};  // to receive one request, to write one answer, to idle between two
  std::size_t connections = 128;         // at the same time; further ones are told 503
};

}  // namespace edu::web
