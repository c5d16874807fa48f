// Any bytes as an RSS, Atom or JSON feed.
#include <cstdint>
#include <string_view>

#include "listing_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (edu::catalogue::is_json_feed(text))
    edu::fuzz::check_listing(edu::catalogue::parse_json_feed(text, "https://edu.example/feed.json"));
  else
    edu::fuzz::check_listing(edu::catalogue::parse_feed(text, "https://edu.example/feed.xml"));
  return 0;
}
