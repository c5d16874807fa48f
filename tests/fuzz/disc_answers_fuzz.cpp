// Any bytes as a line from the reader of DVD-Video discs: refused, or a value that its own line gives back.
#include <cstdint>
#include <string_view>

#include "receiver/volumes/disc_contents.h"
#include "refusal_check.h"

using namespace edu;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto contents = receiver::parse_contents(line);
  check_refusal(contents);
  if (contents) {
    check(contents->titles.size() <= receiver::kMostTitles);
    check(receiver::parse_contents(receiver::to_line(*contents)).value() == *contents);
  }
  const auto progress = receiver::parse_progress(line);
  check_refusal(progress);
  if (progress) {
    const auto again = receiver::parse_progress(receiver::to_line(*progress)).value();
    check(again.done == progress->done && again.last == progress->last);
  }
  return 0;
}
