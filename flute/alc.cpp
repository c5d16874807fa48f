// In come datagrams, as they arrive on the receiving thread; out go Packets that point into them. A header's
// layout follows from four flag bits (RFC 5651 5.1):
//
//    V(4) C(2) PSI(2) | S(1) O(2) H(1) Res(2) A(1) B(1) | HDR_LEN(8) | codepoint(8)
//    CCI 4*(C+1) bytes | TSI 4*S+2*H | TOI 4*O+2*H | extensions up to HDR_LEN words
//
// Where RFC 5651 has Res, RFC 3451 has T and R: a field of 4 bytes each behind the TOI. A sender of RFC 5651
// never sets them, so whoever does is of the older kind.
#include "flute/alc.h"

#include <algorithm>

#include "flute/bytes.h"
#include "flute/lct_extensions.h"

namespace edu::flute {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kFirstWord = 4, kOldTimeField = 4;

struct Sizes {
  std::size_t cci, tsi, toi, old_times;
  std::size_t fixed() const { return kFirstWord + cci + tsi + toi + old_times; }
};

Sizes sizes_of(std::span<const std::uint8_t> header) {
  const std::size_t c = header[0] >> 2 & 3, s = header[1] >> 7, o = header[1] >> 5 & 3,
                    h = header[1] >> 4 & 1;
  const std::size_t old_fields = (header[1] >> 3 & 1) + (header[1] >> 2 & 1);
  return {kWord * (c + 1), 4 * s + 2 * h, 4 * o + 2 * h, kOldTimeField * old_fields};
}

Toi read_toi(std::span<const std::uint8_t> bytes) {
  const auto low = std::min<std::size_t>(bytes.size(), 8);
  return {read_big_endian(bytes.first(bytes.size() - low)), read_big_endian(bytes.last(low))};
}

std::size_t bytes_of(std::uint64_t value) {  // that hold it, at least 1
  std::size_t bytes = 1;
  while (bytes < 8 && value >> (8 * bytes)) ++bytes;
  return bytes;
}

// The smallest layout for both: S and O for whole words, H for half a word more in each.
struct Layout {
  std::size_t s, o, h;
  std::size_t bytes() const { return 4 * (s + o + h); }
};
Layout layout_of(const PacketHeader& header) {
  const auto tsi = bytes_of(header.tsi);
  const auto toi = header.toi.high ? 8 + bytes_of(header.toi.high) : bytes_of(header.toi.low);
  const auto words = [](std::size_t bytes) { return (bytes + 3) / 4; };
  const auto words_beside_half = [&](std::size_t bytes) { return bytes > 2 ? words(bytes - 2) : 0; };
  const Layout whole{words(tsi), words(toi), 0};
  const Layout half{words_beside_half(tsi), words_beside_half(toi), 1};
  const bool whole_fits = whole.s <= 1 && whole.o <= 3;
  return whole_fits && whole.bytes() < half.bytes() ? whole : half;
}

}  // namespace

const char* name_of(Malformed kind) {
  switch (kind) {
    case Malformed::too_short:
      return "too_short";
    case Malformed::version:
      return "version";
    case Malformed::header_length:
      return "header_length";
    case Malformed::extension:
      return "extension";
  }
  return "unknown";
}

tl::expected<Packet, Malformed> read_packet(std::span<const std::uint8_t> datagram) {
  if (datagram.size() < kFirstWord + kWord) return tl::unexpected(Malformed::too_short);
  if (datagram[0] >> 4 != kVersion) return tl::unexpected(Malformed::version);
  const auto sizes = sizes_of(datagram);
  const std::size_t header_bytes = kWord * datagram[2];
  if (header_bytes > datagram.size() || header_bytes < sizes.fixed())
    return tl::unexpected(Malformed::header_length);

  Packet packet;
  packet.source_symbols = datagram[0] & 2;
  packet.close_session = datagram[1] & 2;
  packet.close_object = datagram[1] & 1;
  packet.codepoint = datagram[3];
  packet.has_tsi = sizes.tsi > 0;
  packet.has_toi = sizes.toi > 0;
  const auto ids = datagram.subspan(kFirstWord + sizes.cci);
  packet.tsi = read_big_endian(ids.first(sizes.tsi));
  packet.toi = read_toi(ids.subspan(sizes.tsi, sizes.toi));
  if (!read_extensions(datagram.first(header_bytes).subspan(sizes.fixed()), packet))
    return tl::unexpected(Malformed::extension);
  packet.payload = datagram.subspan(header_bytes);
  return packet;
}

std::vector<std::uint8_t> write_header(const PacketHeader& header) {
  const auto layout = layout_of(header);
  const auto flags = layout.s << 7 | layout.o << 5 | layout.h << 4 |
                     static_cast<std::size_t>(header.close_session) << 1 |
                     static_cast<std::size_t>(header.close_object);
  std::vector<std::uint8_t> out{kVersion << 4, static_cast<std::uint8_t>(flags), 0, header.codepoint};
  append_big_endian(0, kWord, out);  // CCI: one channel, no congestion control (RFC 5651 5.1)
  append_big_endian(header.tsi, 4 * layout.s + 2 * layout.h, out);
  const auto toi_bytes = 4 * layout.o + 2 * layout.h;
  if (toi_bytes > 8) append_big_endian(header.toi.high, toi_bytes - 8, out);
  append_big_endian(header.toi.low, std::min<std::size_t>(toi_bytes, 8), out);
  write_extensions(header, out);
  out[2] = static_cast<std::uint8_t>(out.size() / kWord);
  return out;
}

}  // namespace edu::flute
