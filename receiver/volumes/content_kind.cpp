#include "receiver/volumes/content_kind.h"

#include <algorithm>
#include <array>

namespace edu::receiver {
namespace {

using namespace std::string_view_literals;

struct Mark {
  std::string_view bytes, kind;
};
constexpr std::array kMarks{Mark{"\xFF\xD8\xFF"sv, "picture"},
                            Mark{"\x89PNG\r\n"sv, "picture"},
                            Mark{"GIF8"sv, "picture"},
                            Mark{"II*\0"sv, "picture"},
                            Mark{"MM\0*"sv, "picture"},
                            Mark{"8BPS"sv, "picture"},
                            Mark{"%PDF"sv, "document"},
                            Mark{"PK\3\4"sv, "document"},
                            Mark{"PK\5\6"sv, "document"},
                            Mark{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, "document"},
                            Mark{"{\\rtf"sv, "document"},
                            Mark{"Rar!\x1A"sv, "document"},
                            Mark{"7z\xBC\xAF\x27\x1C"sv, "document"},
                            Mark{"\x1F\x8B\x08"sv, "document"},
                            Mark{"BZh"sv, "document"},
                            Mark{"\xFD"
                                 "7zXZ\0"sv,
                                 "document"},
                            Mark{"SQLite format 3\0"sv, "document"},
                            Mark{"MZ"sv, "program"},
                            Mark{"\x7F"
                                 "ELF"sv,
                                 "program"},
                            Mark{"\xFF\xFE"sv, "text"},
                            Mark{"\xFE\xFF"sv, "text"}};

// Of ISO base media files, those that hold pictures alone.
bool is_still(std::string_view head) {
  constexpr std::array<std::string_view, 5> brands{"heic", "heix", "mif1", "msf1", "avif"};
  return head.size() >= 12 && head.substr(4, 4) == "ftyp" &&
         std::ranges::find(brands, head.substr(8, 4)) != brands.end();
}

bool is_text(std::string_view head) {
  return std::ranges::none_of(head, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f' && byte != 0x1A;
  });
}

}  // namespace

std::string_view other_content(std::string_view head) {
  if (head.empty()) return "empty";
  if (is_still(head) ||
      (head.starts_with("RIFF") && head.substr(std::min<std::size_t>(8, head.size()), 4) == "WEBP"))
    return "picture";
  // A bitmap's length stands behind its mark, which alone is too short to prove anything.
  if (head.starts_with("BM") && head.size() > 10 && head.substr(6, 4) == "\0\0\0\0"sv) return "picture";
  // The sync byte of AAC and MP3 is no mark of text.
  const bool sound = head.size() > 1 && static_cast<unsigned char>(head[0]) == 0xFF &&
                     (static_cast<unsigned char>(head[1]) & 0xE0) == 0xE0 &&
                     head.substr(0, 2) != "\xFF\xFE"sv;
  for (const auto& mark : kMarks)
    if (head.starts_with(mark.bytes)) return mark.kind;
  return !sound && is_text(head) ? "text" : "";
}

}  // namespace edu::receiver
