// One ALC packet: the LCT header with its extensions, and the payload behind it.
//
// Sources: RFC 5775 (ALC), RFC 5651 (LCT; also reads what RFC 3451 senders write), RFC 6726 and RFC 3926
// (EXT_FDT, EXT_CENC), RFC 5052 (EXT_FTI). Pure: what comes in are hostile bytes, what leaves are values and
// views into them. No allocation, since it runs once per datagram, on the receiving thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"

namespace edu::flute {

// Transport object identifier, up to 112 bits. 0 is the FDT's.
struct Toi {
  std::uint64_t high = 0, low = 0;
  auto operator<=>(const Toi&) const = default;
  bool is_fdt() const { return high == 0 && low == 0; }
};

enum class ContentEncoding : std::uint8_t { none = 0, zlib = 1, deflate = 2, gzip = 3 };

struct FdtHeader {             // EXT_FDT, HET 192
  std::uint8_t version = 2;    // of FLUTE: 1 (RFC 3926) or 2 (RFC 6726)
  std::uint32_t instance = 0;  // 20 bits
  bool operator==(const FdtHeader&) const = default;
};

struct Packet {
  std::uint64_t tsi = 0;  // up to 48 bits
  bool has_tsi = false;
  Toi toi;
  bool has_toi = false;
  std::uint8_t codepoint = 0;   // ALC: the FEC Encoding ID
  bool close_session = false;   // A
  bool close_object = false;    // B
  bool source_symbols = false;  // the PSI's source packet indication, where the scheme sets it
  std::optional<FdtHeader> fdt;
  std::optional<std::uint8_t> content_encoding;  // EXT_CENC, HET 193: as sent
  std::span<const std::uint8_t> fti;  // EXT_FTI, HET 64: the content behind HET and HEL; empty: none
  std::optional<std::uint64_t> sender_current_time_ms;  // EXT_TIME, HET 2: Unix time in ms, of its SCT fields
  std::span<const std::uint8_t> payload;                // FEC payload ID and symbols; may be empty
};

// Why a datagram is none of ours: counted by kind, never logged one by one.
enum class Malformed : std::uint8_t { too_short, version, header_length, extension };
const char* name_of(Malformed kind);  // for counters: "too_short" …

tl::expected<Packet, Malformed> read_packet(std::span<const std::uint8_t> datagram);

// A packet to send: what is not given is not written.
struct PacketHeader {
  std::uint64_t tsi = 0;
  Toi toi;
  std::uint8_t codepoint = 0;
  bool close_session = false, close_object = false;
  std::optional<FdtHeader> fdt;
  ContentEncoding content_encoding = ContentEncoding::none;
  std::span<const std::uint8_t> fti;  // content; empty: no EXT_FTI
  std::optional<std::uint64_t> sender_current_time_ms;
};
// The LCT header in the smallest fields that hold TSI and TOI; FEC payload ID and symbols follow it.
std::vector<std::uint8_t> write_header(const PacketHeader& header);

}  // namespace edu::flute
