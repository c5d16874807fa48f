#include "flute/lct_extensions.h"

#include "flute/bytes.h"
#include "flute/ntp.h"

namespace edu::flute {
namespace {

// Header extension types: RFC 5651 5.2.1 (time), RFC 5775 4.2 (FTI), RFC 6726 3.4.1 and 3.4.3 (FDT, CENC).
// EXT_NOP (0), EXT_AUTH (1) and whatever we do not know are skipped.
enum Type : std::uint8_t { kTime = 2, kFti = 64, kFirstOfOneWord = 128, kFdt = 192, kContentEncoding = 193 };

// EXT_TIME's Use field: which of its words follow, in this order (RFC 5651 5.2.2).
constexpr std::uint64_t kSctHigh = 0x8000, kSctLow = 0x4000;
constexpr std::uint32_t kInstanceMask = 0xfffff;
constexpr std::int64_t kMsPerSecond = 1000;

void read_time(std::span<const std::uint8_t> extension, Packet& packet) {
  const auto use = read_big_endian(extension.subspan(2, 2));
  if (!(use & kSctHigh) || extension.size() < 2 * kWord) return;
  const auto seconds = unix_from_ntp(static_cast<std::uint32_t>(read_big_endian(extension.subspan(4, 4))));
  if (seconds < 0) return;
  auto ms = static_cast<std::uint64_t>(seconds * kMsPerSecond);
  if (use & kSctLow && extension.size() >= 3 * kWord)
    ms += read_big_endian(extension.subspan(8, 4)) * kMsPerSecond >> 32;
  packet.sender_current_time_ms = ms;
}

void read_one(std::span<const std::uint8_t> extension, Packet& packet) {
  switch (extension[0]) {
    case kTime:
      read_time(extension, packet);
      break;
    case kFti:
      packet.fti = extension.subspan(2);
      break;
    case kFdt:
      packet.fdt =
          FdtHeader{static_cast<std::uint8_t>(extension[1] >> 4),
                    static_cast<std::uint32_t>(read_big_endian(extension.subspan(1, 3))) & kInstanceMask};
      break;
    case kContentEncoding:
      packet.content_encoding = extension[1];
      break;
    default:
      break;
  }
}

void write_time(std::uint64_t ms, std::vector<std::uint8_t>& out) {
  out.insert(out.end(), {kTime, 3});
  append_big_endian(kSctHigh | kSctLow, 2, out);
  append_big_endian(ntp_from_unix(static_cast<std::int64_t>(ms / kMsPerSecond)), 4, out);
  // Rounded up, so that reading, which rounds down, gives the same millisecond back.
  append_big_endian(((ms % kMsPerSecond << 32) + kMsPerSecond - 1) / kMsPerSecond, 4, out);
}

void write_fti(std::span<const std::uint8_t> content, std::vector<std::uint8_t>& out) {
  const auto words = (content.size() + 2 + kWord - 1) / kWord;
  out.insert(out.end(), {kFti, static_cast<std::uint8_t>(words)});
  out.insert(out.end(), content.begin(), content.end());
  out.insert(out.end(), words * kWord - content.size() - 2, 0);
}

}  // namespace

bool read_extensions(std::span<const std::uint8_t> bytes, Packet& packet) {
  while (!bytes.empty()) {  // always whole words
    const std::size_t words = bytes[0] >= kFirstOfOneWord ? 1 : bytes[1];
    if (words == 0 || words * kWord > bytes.size()) return false;
    read_one(bytes.first(words * kWord), packet);
    bytes = bytes.subspan(words * kWord);
  }
  return true;
}

void write_extensions(const PacketHeader& header, std::vector<std::uint8_t>& out) {
  if (header.sender_current_time_ms) write_time(*header.sender_current_time_ms, out);
  if (header.fdt) {
    out.push_back(kFdt);
    const std::uint32_t version = header.fdt->version;
    append_big_endian(version << 20 | (header.fdt->instance & kInstanceMask), 3, out);
  }
  if (header.content_encoding != ContentEncoding::none)
    out.insert(out.end(), {kContentEncoding, static_cast<std::uint8_t>(header.content_encoding), 0, 0});
  if (!header.fti.empty()) write_fti(header.fti, out);
}

}  // namespace edu::flute
