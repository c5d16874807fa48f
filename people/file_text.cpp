#include "people/file_text.h"

#include <algorithm>
#include <cstdint>

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

enum class Order { none, little, big };

// Which end of UTF-16 comes first. Text of the other encodings holds no zero.
Order utf16_order(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE")) return Order::little;
  if (bytes.starts_with("\xFE\xFF")) return Order::big;
  std::size_t zeros[2] = {0, 0};
  const auto looked_at = std::min<std::size_t>(bytes.size(), 4096);
  for (std::size_t i = 0; i < looked_at; ++i)
    if (bytes[i] == '\0') ++zeros[i % 2];
  if (zeros[1] > 0 && zeros[0] == 0) return Order::little;
  if (zeros[0] > 0 && zeros[1] == 0) return Order::big;
  return Order::none;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F));
  } else {
    put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 0x3F)), put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

tl::expected<FileText, UnreadableLine> from_utf16(std::string_view bytes, Order order) {
  const std::size_t high = order == Order::big ? 0 : 1;
  const auto unit = [&](std::size_t at) -> std::uint32_t {
    return static_cast<unsigned char>(bytes[at + high]) * 256u +
           static_cast<unsigned char>(bytes[at + 1 - high]);
  };
  FileText out{{}, "UTF-16"};
  const auto unreadable = [&] {
    const auto lines = std::ranges::count(out.text, '\n');
    return tl::unexpected(UnreadableLine{static_cast<std::size_t>(lines) + 1, "UTF-16"});
  };
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    if (at + 1 == bytes.size()) return unreadable();
    auto code = unit(at);
    if (code == 0xFEFF && at == 0) continue;
    if (code >= 0xD800 && code < 0xE000) {
      const auto low = code < 0xDC00 && at + 3 < bytes.size() ? unit(at + 2) : 0;
      if (low < 0xDC00 || low > 0xDFFF) return unreadable();
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      at += 2;
    }
    append_utf8(out.text, code);
  }
  return out;
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

tl::expected<FileText, UnreadableLine> decode(std::string_view bytes) {
  if (const auto order = utf16_order(bytes); order != Order::none) return from_utf16(bytes, order);
  const bool marked = bytes.starts_with(kByteOrderMark);
  if (marked) bytes.remove_prefix(kByteOrderMark.size());
  if (marked || !seems_gb18030(bytes)) {
    const auto unfit = first_line_unfit(bytes, is_utf8);
    if (unfit != 0) return tl::unexpected(UnreadableLine{unfit, "UTF-8"});
    return FileText{std::string(bytes), "UTF-8"};
  }
  auto whole = from_gb18030(bytes);
  // Line by line only when something is wrong: a converter a line is slow.
  const auto fits = [&](std::string_view line) {
    return !clearly_utf8(line) && (whole || from_gb18030(line));
  };
  const auto unfit = first_line_unfit(bytes, fits);
  if (unfit != 0) return tl::unexpected(UnreadableLine{unfit, "GB18030"});
  if (!whole) return tl::unexpected(UnreadableLine{1, "GB18030"});
  return FileText{*std::move(whole), "GB18030"};
}

}  // namespace edu::people
