// Containers of nested boxes: ISO base media (MP4, QuickTime, 3GP), Matroska and WebM, MXF.
#include <algorithm>
#include <array>

#include "player/probe/probe_ends.h"

namespace edu::player {
namespace {

constexpr int kMostSteps = 2'000'000;  // boxes, elements or packets of one walk

bool is_fourcc(std::string_view type) {
  return type.size() == 4 && std::ranges::all_of(type, [](char c) {
           return (c >= ' ' && c <= '~') || static_cast<unsigned char>(c) == 0xA9;
         });
}

// The furthest byte that the segment index speaks of (ISO/IEC 14496-12, 8.16.3).
std::int64_t reach_of_index(FileBytes& file, const Box& box) {
  const bool wide = file.big(box.body, 1) != 0;
  const auto after = box.body + 12 + (wide ? 16 : 8);
  auto reach =
      box.end + static_cast<std::int64_t>(wide ? file.big(box.body + 20, 8) : file.big(box.body + 16, 4));
  const auto count = file.big(after + 2, 2);
  for (std::uint64_t i = 0; i < count; ++i)
    reach +=
        static_cast<std::int64_t>(file.big(after + 4 + static_cast<std::int64_t>(12 * i), 4) & 0x7FFFFFFF);
  return reach;
}

// --- Matroska (RFC 8794, RFC 9559)

constexpr std::uint64_t kSegment = 0x18538067, kCluster = 0x1F43B675;

bool is_of_segment(std::uint64_t id) {
  constexpr std::array<std::uint64_t, 8> ids{kCluster,   0x1C53BB6B, 0x1254C367, 0x114D9B74,
                                             0x1549A966, 0x1654AE6B, 0x1941A469, 0x1043A770};
  return std::ranges::find(ids, id) != ids.end();
}
bool is_of_cluster(std::uint64_t id) {
  constexpr std::array<std::uint64_t, 9> ids{0xE7, 0xA7, 0xAB, 0xA3, 0xA0, 0xAF, 0xEC, 0xBF, 0x5854};
  return std::ranges::find(ids, id) != ids.end();
}

// A segment that was never closed: its elements one by one, and those of clusters of unknown size.
bool live_segment_ends_torn(FileBytes& file, std::int64_t at) {
  for (int i = 0; i < kMostSteps && at < file.size(); ++i) {
    bool torn = false;
    const auto element = element_at(file, at, torn);
    if (torn) return true;
    if (!element || !(is_of_segment(element->id) || is_of_cluster(element->id))) return false;
    if (element->end && *element->end > file.size()) return true;
    if (!element->end && element->id != kCluster) return false;
    at = element->end.value_or(element->body);
  }
  return false;
}

bool matroska_ends_torn(FileBytes& file) {
  bool torn = false;
  auto element = element_at(file, 0, torn);
  for (int i = 0; i < 8 && element && element->id != kSegment && element->end; ++i)
    element = element_at(file, *element->end, torn);
  if (torn) return true;
  if (!element || element->id != kSegment) return false;
  if (element->end) return *element->end > file.size();
  return live_segment_ends_torn(file, element->body);
}

// --- MXF (SMPTE ST 377-1): keys, lengths, values

bool mxf_ends_torn(FileBytes& file) {
  constexpr std::string_view label{"\x06\x0E\x2B\x34", 4};
  const auto head = file.text_at(0, 64 * 1024 + 16);
  const auto first = head.find(label);  // behind a run-in of at most 64 KiB
  if (first == head.npos) return false;
  auto at = static_cast<std::int64_t>(first);
  const auto footer =
      file.big(at + 16, 1) < 0x80
          ? file.big(at + 17 + 24, 8)
          : file.big(at + 17 + static_cast<std::int64_t>(file.big(at + 16, 1) & 0x7F) + 24, 8);
  if (footer >= static_cast<std::uint64_t>(file.size())) return true;
  for (int i = 0; i < kMostSteps && at < file.size(); ++i) {
    const auto left = file.size() - at;
    if (!label.starts_with(file.text_at(at, 4)) && file.text_at(at, 4) != label) return false;
    if (left < 17) return true;
    const auto first_byte = file.big(at + 16, 1);
    const auto bytes = static_cast<std::int64_t>(first_byte & 0x7F);
    if (first_byte >= 0x80 && (bytes > 8 || bytes == 0)) return false;
    if (first_byte >= 0x80 && left < 17 + bytes) return true;
    const auto length = first_byte < 0x80 ? first_byte : file.big(at + 17, static_cast<std::size_t>(bytes));
    const auto body = at + 17 + (first_byte < 0x80 ? 0 : bytes);
    if (length > static_cast<std::uint64_t>(file.size() - body)) return true;
    at = body + static_cast<std::int64_t>(length);
  }
  return false;
}

}  // namespace

std::optional<Box> box_at(FileBytes& file, std::int64_t at) {
  const auto type = file.text_at(at + 4, 4);
  if (!is_fourcc(type)) return std::nullopt;
  auto size = file.big(at, 4);
  std::int64_t head = 8;
  if (size == 1) {
    size = file.big(at + 8, 8);
    head = 16;
  }
  if (size == 0) size = static_cast<std::uint64_t>(file.size() - at);  // up to the end of the file
  if (size < static_cast<std::uint64_t>(head) || size > (1ull << 60)) return std::nullopt;
  return Box{type, at + head, at + static_cast<std::int64_t>(size)};
}

std::optional<Element> element_at(FileBytes& file, std::int64_t at, bool& torn) {
  const auto head = file.at(at, 12);
  if (head.empty()) return std::nullopt;
  std::size_t id_length = 1;
  while (id_length <= 4 && (head[0] & (0x80 >> (id_length - 1))) == 0) ++id_length;
  if (id_length > 4) return std::nullopt;
  if (head.size() <= id_length) {
    torn = true;
    return std::nullopt;
  }
  const auto first = head[id_length];
  std::size_t length = 1;
  while (length <= 8 && (first & (0x80 >> (length - 1))) == 0) ++length;
  if (length > 8) return std::nullopt;
  if (head.size() < id_length + length) {
    torn = true;
    return std::nullopt;
  }
  Element element;
  for (std::size_t i = 0; i < id_length; ++i) element.id = element.id << 8 | head[i];
  std::uint64_t size = first & (0xFF >> length);
  bool unknown = size == static_cast<std::uint64_t>(0xFF >> length);
  for (std::size_t i = 1; i < length; ++i) {
    size = size << 8 | head[id_length + i];
    unknown = unknown && head[id_length + i] == 0xFF;
  }
  element.body = at + static_cast<std::int64_t>(id_length + length);
  if (!unknown)
    element.end = element.body + static_cast<std::int64_t>(std::min<std::uint64_t>(size, 1ull << 60));
  return element;
}

Mp4Layout mp4_layout(FileBytes& file) {
  Mp4Layout layout;
  std::int64_t at = 0;
  for (int i = 0; i < kMostSteps && at < file.size(); ++i) {
    const auto box = box_at(file, at);
    if (!box) return layout;  // something else stands behind the last box
    layout.fragmented = layout.fragmented || box->type == "moof";
    if (box->end > file.size() || (box->type == "sidx" && reach_of_index(file, *box) > file.size()))
      layout.past_end = true;
    at = box->end;
  }
  return layout;
}

bool boxes_end_torn(FileBytes& file, std::string_view container) {
  if (container == "matroska") return matroska_ends_torn(file);
  if (container == "mxf") return mxf_ends_torn(file);
  if (container != "mp4") return false;
  const auto layout = mp4_layout(file);
  return layout.fragmented && layout.past_end;
}

}  // namespace edu::player
