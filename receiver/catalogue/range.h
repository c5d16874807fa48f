// One piece of a file on the web, in memory. On the loop; the bytes come on the HTTP client's thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "receiver/catalogue/http.h"

namespace edu::catalogue {

inline constexpr std::uint64_t kLargestRange = 2 << 20;  // bytes of one piece

struct Range {
  std::string url;
  std::uint64_t first = 0, last = 0;
  std::uint64_t length = 0;  // of the whole file
};

// Exactly its bytes. Refusals as of Fetch; catalogue.range: the server gives no pieces; catalogue.other_file
// {host}: its file has another length. Throws std::invalid_argument over kLargestRange.
awaitable<Result<std::vector<std::uint8_t>>> fetch_range(Fetch fetch, Range range, Access access);

}  // namespace edu::catalogue
