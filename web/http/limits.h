// What one stranger, and all of them together, may cost the server.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace edu::web {

struct Limits {
  std::uint32_t header =
      16384;  // bytes of a request's head; also of a chunk's line, and of what follows the body
  std::uint64_t body = 8 << 20;        // bytes of its body
  std::uint64_t stranger_body = 4096;  // the same of whom nobody knows: a log-in at most
  std::uint64_t memory = 64 << 20;     // bytes that all requests may hold together; further ones are told 503
  milliseconds request_timeout{15'000};  // to receive one request, to write one answer, to idle between two
  std::size_t connections = 128;         // on the Unix socket at the same time; further ones are told 503
  std::size_t tcp_connections =
      64;  // the same on TCP: places of their own, so that nobody there keeps the socket's from it
  std::size_t streams = 32;  // answers that never end; a further one is told 503
};

}  // namespace edu::web
