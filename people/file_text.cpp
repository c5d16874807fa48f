#include "people/file_text.h"

#include <algorithm>

#include "base/text.h"

namespace edu::people {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A sequence of three bytes or more. GB18030 text of whole roster lines is next to never UTF-8 with such a
// one, while it may be UTF-8 of two-byte sequences by chance (联通 is the known example).
bool clearly_utf8(std::string_view line) {
  const auto long_lead = [](char c) { return static_cast<unsigned char>(c) >= 0xE0; };
  return std::any_of(line.begin(), line.end(), long_lead) && is_utf8(line);
}

bool seems_gb18030(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto line = take_line(bytes);
    if (clearly_utf8(line)) return false;
    if (!is_utf8(line)) return true;
  }
  return false;
}

template <class Fits>
std::size_t first_line_unfit(std::string_view bytes, Fits fits) {
  for (std::size_t line = 1; !bytes.empty(); ++line)
    if (!fits(take_line(bytes))) return line;
  return 0;
}

}  // namespace

std::string_view take_line(std::string_view& rest) {
  auto end = rest.find_first_of("\r\n");
  if (end == std::string_view::npos)
    end = rest.size();
  else
    end += rest.substr(end).starts_with("\r\n") ? 2 : 1;
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end);
  return line;
}

tl::expected<std::string, UnreadableLine> decode(std::string_view bytes) {
  const bool marked = bytes.starts_with(kByteOrderMark);
  if (marked) bytes.remove_prefix(kByteOrderMark.size());
  if (marked || !seems_gb18030(bytes)) {
    const auto unfit = first_line_unfit(bytes, is_utf8);
    if (unfit != 0) return tl::unexpected(UnreadableLine{unfit, "UTF-8"});
    return std::string(bytes);
  }
  auto whole = from_gb18030(bytes);
  // Line by line only when something is wrong: a converter a line is slow.
  const auto fits = [&](std::string_view line) {
    return !clearly_utf8(line) && (whole || from_gb18030(line));
  };
  const auto unfit = first_line_unfit(bytes, fits);
  if (unfit != 0) return tl::unexpected(UnreadableLine{unfit, "GB18030"});
  if (!whole) return tl::unexpected(UnreadableLine{1, "GB18030"});
  return *std::move(whole);
}

}  // namespace edu::people
