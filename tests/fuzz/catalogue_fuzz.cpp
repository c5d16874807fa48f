// Any bytes as a catalogue.
#include <cstdint>
#include <string_view>

#include "listing_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  edu::fuzz::check_listing(edu::catalogue::parse_catalogue(text, "https://edu.example/lists/c.json"));
  edu::fuzz::check_listing(edu::catalogue::parse_listing({data, size}, "https://edu.example/lists/c.json"));
  return 0;
}
