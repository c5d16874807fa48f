#include "sender/packets.h"

#include <algorithm>

#include "flute/content.h"
#include "sender/plan.h"

namespace edu::send {
namespace {

// RFC 5651 5.1: B and A, in the header's second byte.
constexpr std::uint8_t kCloseObject = 1, kCloseSession = 2, kFlagsByte = 1;
constexpr std::uint32_t kFdtBlock = 64;  // symbols
constexpr std::uint64_t kLargestToi = 65'535;
constexpr std::uint64_t kFtiEvery = 16;  // batches: 50 ms of the default rate, and 0.1 % of the bytes

fec::Encoding encoding_of(Scheme scheme) { return oti_for(scheme, 1, 1, 0).encoding; }

std::vector<std::uint8_t> data_header(const Settings& settings, const flute::Toi& toi, const fec::Oti& oti,
                                      bool with_fti) {
  flute::PacketHeader header;
  header.tsi = settings.tsi;
  header.toi = toi;
  header.codepoint = static_cast<std::uint8_t>(oti.encoding);
  const auto fti = with_fti ? fec::write_fti(oti) : std::vector<std::uint8_t>();
  header.fti = fti;
  return flute::write_header(header);
}

std::vector<std::uint8_t> fdt_header(const Settings& settings, std::uint32_t instance, const fec::Oti& oti,
                                     flute::ContentEncoding encoding) {
  flute::PacketHeader header;
  header.tsi = settings.tsi;
  header.fdt = flute::FdtHeader{settings.flute_version, instance};
  header.content_encoding = encoding;
  const auto fti = fec::write_fti(oti);
  header.fti = fti;
  return flute::write_header(header);
}

std::size_t room_behind(const Settings& settings, std::size_t header, fec::Encoding encoding) {
  const auto used = header + fec::payload_id_size(encoding);
  const std::size_t payload = payload_of(settings);
  return payload > used ? payload - used : 0;
}

}  // namespace

bool has_fti(Fti which, std::uint64_t batch) {
  return which == Fti::all || (which == Fti::some && batch % kFtiEvery == 0);
}

std::size_t symbol_room(const Settings& settings) {
  fec::Oti oti;
  oti.encoding = encoding_of(settings.scheme);
  const auto header = data_header(settings, {0, kLargestToi}, oti, settings.fti != Fti::none).size();
  return room_behind(settings, header, oti.encoding);
}

ObjectPackets::ObjectPackets(const Settings& settings, const flute::File& file)
    : oti_(*file.oti),
      partition_(oti_),
      plain_(data_header(settings, file.toi, oti_, false)),
      with_fti_(data_header(settings, file.toi, oti_, true)),
      payload_id_(fec::payload_id_size(oti_.encoding)) {}

std::span<std::uint8_t> ObjectPackets::append(Batch& batch, bool fti, std::uint32_t sbn, std::uint32_t esi,
                                              std::size_t symbol, bool close_object) const {
  const auto& header = this->header(fti);
  const auto at = batch.bytes.size();
  batch.bytes.insert(batch.bytes.end(), header.begin(), header.end());
  if (close_object) batch.bytes[at + kFlagsByte] |= kCloseObject;
  batch.bytes.resize(at + header.size() + payload_id_ + symbol);
  const auto rest = std::span(batch.bytes).subspan(at + header.size());
  const auto block_length = static_cast<std::uint16_t>(partition_.block(sbn).symbols);
  fec::write_payload_id(oti_.encoding, {sbn, esi, block_length}, rest.first(payload_id_));
  batch.size = size(fti);
  ++batch.count;
  return rest.subspan(payload_id_);
}

std::vector<std::vector<std::uint8_t>> fdt_packets(const Settings& settings, const flute::Fdt& fdt,
                                                   std::uint32_t instance) {
  const auto xml = flute::write_fdt(fdt, settings.flute_version);
  std::vector<std::uint8_t> content(xml.begin(), xml.end());
  auto encoding = flute::ContentEncoding::none;
  const auto room = [&] {
    return room_behind(settings, fdt_header(settings, instance, {}, encoding).size(), fec::Encoding::no_code);
  };
  if (content.size() > room()) {
    encoding = flute::ContentEncoding::gzip;
    content = flute::deflate(encoding, content);
  }
  fec::Oti oti;
  oti.length = content.size();
  oti.symbol = static_cast<std::uint16_t>(std::max<std::size_t>(1, std::min(room(), content.size())));
  oti.max_block = kFdtBlock;
  const fec::Partition partition(oti);
  const auto header = fdt_header(settings, instance, oti, encoding);
  std::vector<std::vector<std::uint8_t>> out;
  for (std::uint32_t sbn = 0; sbn < partition.blocks(); ++sbn) {
    const auto block = partition.block(sbn);
    for (std::uint32_t esi = 0; esi < block.symbols; ++esi) {
      const auto at = block.offset + std::uint64_t{esi} * oti.symbol;
      const auto bytes = std::min<std::uint64_t>(oti.symbol, content.size() - at);
      auto& packet = out.emplace_back(header);
      packet.resize(header.size() + fec::payload_id_size(oti.encoding));
      fec::write_payload_id(oti.encoding, {sbn, esi, 0}, std::span(packet).subspan(header.size()));
      packet.insert(packet.end(), content.begin() + static_cast<std::ptrdiff_t>(at),
                    content.begin() + static_cast<std::ptrdiff_t>(at + bytes));
    }
  }
  return out;
}

std::vector<std::uint8_t> closing(std::vector<std::uint8_t> packet) {
  packet[kFlagsByte] |= kCloseSession;
  return packet;
}

}  // namespace edu::send
