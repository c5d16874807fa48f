// Any bytes as a line from the recorder of live channels, as an order to it, or as a channel's address:
// refused, or a value that its own line gives back.
#include <cstdint>
#include <string_view>

#include "receiver/live/address.h"
#include "receiver/live/lines.h"
#include "refusal_check.h"

using namespace edu;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto record = live::parse_record_line(line);
  check_refusal(record);
  if (record) check(live::parse_record_line(live::to_line(*record)).value() == *record);
  const auto join = live::parse_join_line(line);
  check_refusal(join);
  if (join) check(live::parse_join_line(live::to_line(*join)).value() == *join);
  if (const auto order = live::parse_record_order(line))
    check(live::parse_record_order(live::to_line(*order)) == order);
  if (const auto order = live::parse_join_order(line))
    check(live::parse_join_order(live::to_line(*order)) == order);
  const auto shown = live::without_credentials(line);
  check(live::without_credentials(shown) == shown);
  return 0;
}
