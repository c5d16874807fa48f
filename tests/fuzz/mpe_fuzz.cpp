// Transport streams that anyone could put on a transponder: whatever the bytes are, the reader gives out
// datagrams within their bounds or nothing.
#include <cstdlib>

#include "receiver/multicast/mpe.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::size_t given = 0;
  edu::multicast::MpeReader reader(
      0x100, 0, [&](const auto&, std::span<const std::uint8_t> payload) { given += payload.size(); });
  const std::span bytes(data, size);
  reader.feed(bytes.first(size / 3));
  reader.feed(bytes.subspan(size / 3));
  if (given > size) std::abort();
  return 0;
}
