// Any bytes as a line from the probe or the deck, or as an order to the deck: refused, or a value that its
// own line gives back.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "player/deck/deck_messages.h"
#include "player/probe/media_info.h"

namespace {

using namespace edu::player;

void check(bool holds) {
  if (!holds) std::abort();
}

std::string_view bare(std::string_view line) { return line.substr(0, line.size() - 1); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  if (const auto info = parse_answer(line)) check(parse_answer(to_line(*info)).has_value());
  if (const auto order = parse_order(line)) {
    const auto again = to_line(*order);
    check(parse_order(bare(again)) == order);
  }
  if (const auto message = parse_message(line)) {
    const auto again = to_line(*message);
    check(parse_message(bare(again)) == message);
  }
  return 0;
}
