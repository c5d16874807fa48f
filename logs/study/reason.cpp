#include "logs/study/reason.h"

#include <algorithm>

#include "base/text.h"

namespace edu::logs {
namespace {

std::string trimmed(std::string text) {
  for (const std::string_view wide : {"\u3000", "\u00A0"})
    for (auto at = text.find(wide); at != text.npos; at = text.find(wide, at))
      text.replace(at, wide.size(), " ");
  return one_line(text);
}

}  // namespace

Result<std::string> checked_reason(const std::string& given) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  const auto normal = nfc(given);
  if (!normal || std::ranges::any_of(given, is_control)) return refuse("logs.reason_characters");
  const auto reason = trimmed(*normal);
  if (reason.empty() || reason.size() > kLongestReason)
    return refuse("logs.reason_length", {{"most", std::to_string(kLongestReason)}});
  return reason;
}

}  // namespace edu::logs
