// The two binary forms in a packet: the content of EXT_FTI and the FEC payload ID, of every scheme. Bytes in,
// values out, and back; nothing is judged here (that is `checked`).
#include <type_traits>

#include "flute/fec/oti.h"

namespace edu::fec {

namespace {

std::uint64_t read_number(std::span<const std::uint8_t> bytes, std::size_t at, std::size_t size) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < size; ++i) number = number << 8 | bytes[at + i];
  return number;
}

void write_number(std::span<std::uint8_t> bytes, std::size_t at, std::size_t size, std::uint64_t number) {
  for (std::size_t i = 0; i < size; ++i) {
    bytes[at + i] = static_cast<std::uint8_t>(number >> (8 * (size - 1 - i)));
  }
}

// A number of an EXT_FTI: which member, and where it lies.
struct Field {
  std::uint8_t at, size;
};

// Where each scheme has its numbers; size 0: not in it.
struct FtiLayout {
  std::uint8_t size;  // bytes behind HET and HEL
  Field length, symbol, max_block, max_symbols, instance, field_bits, group, blocks, sub_blocks, alignment;
};

constexpr FtiLayout kNoCode{14, {0, 6}, {8, 2}, {10, 4}, {}, {}, {}, {}, {}, {}, {}};
constexpr FtiLayout kReedSolomonM{14, {0, 6}, {8, 2}, {10, 2}, {12, 2}, {}, {6, 1}, {7, 1}, {}, {}, {}};
constexpr FtiLayout kReedSolomon{10, {0, 6}, {6, 2}, {8, 1}, {9, 1}, {}, {}, {}, {}, {}, {}};
constexpr FtiLayout kRaptorQ{14, {0, 5}, {6, 2}, {}, {}, {}, {}, {}, {8, 1}, {9, 2}, {11, 1}};
constexpr FtiLayout kRaptor{14, {0, 6}, {8, 2}, {}, {}, {}, {}, {}, {10, 2}, {12, 1}, {13, 1}};
constexpr FtiLayout kSmallBlock{14, {0, 6}, {8, 2}, {10, 2}, {12, 2}, {6, 2}, {}, {}, {}, {}, {}};
constexpr std::size_t kRaptorQUnpadded = 12;
constexpr std::uint8_t kFieldBits = 8;  // m: GF(2^8)

const FtiLayout* layout_of(Encoding encoding) {
  switch (encoding) {
    case Encoding::no_code:
      return &kNoCode;
    case Encoding::raptor:
      return &kRaptor;
    case Encoding::reed_solomon_m:
      return &kReedSolomonM;
    case Encoding::reed_solomon:
      return &kReedSolomon;
    case Encoding::raptorq:
      return &kRaptorQ;
    case Encoding::small_block:
      return &kSmallBlock;
  }
  return nullptr;
}

// Calls use(field, member) for each number that the scheme has.
template <class AnyOti, class FieldBits, class Use>
void each_field(const FtiLayout& layout, AnyOti& oti, FieldBits& field_bits, Use use) {
  const auto one = [&](Field field, auto& member) {
    if (field.size != 0) use(field, member);
  };
  one(layout.length, oti.length);
  one(layout.symbol, oti.symbol);
  one(layout.max_block, oti.max_block);
  one(layout.max_symbols, oti.max_symbols);
  one(layout.instance, oti.instance);
  one(layout.field_bits, field_bits);
  one(layout.group, oti.group);
  one(layout.blocks, oti.blocks);
  one(layout.sub_blocks, oti.sub_blocks);
  one(layout.alignment, oti.alignment);
}

// SBN, source block length (ID 129) and ESI lie one behind the other; these are their sizes in bytes.
struct PayloadIdLayout {
  std::uint8_t block, block_length, symbol;
};

PayloadIdLayout payload_id_of(Encoding encoding) {
  switch (encoding) {
    case Encoding::no_code:
    case Encoding::raptor:
      return {2, 0, 2};
    case Encoding::reed_solomon_m:  // RFC 5510 4.1: 32 - m bits, m bits
    case Encoding::reed_solomon:
      return {3, 0, 1};
    case Encoding::raptorq:
      return {1, 0, 3};
    case Encoding::small_block:
      return {4, 2, 2};
  }
  return {0, 0, 0};
}

}  // namespace

std::optional<Oti> read_fti(Encoding encoding, std::span<const std::uint8_t> content) {
  const auto* layout = layout_of(encoding);
  if (layout == nullptr) return std::nullopt;
  const bool unpadded = encoding == Encoding::raptorq && content.size() == kRaptorQUnpadded;
  if (content.size() != layout->size && !unpadded) return std::nullopt;
  Oti oti;
  oti.encoding = encoding;
  std::uint8_t field_bits = kFieldBits;
  each_field(*layout, oti, field_bits, [&](Field field, auto& member) {
    member =
        static_cast<std::remove_reference_t<decltype(member)>>(read_number(content, field.at, field.size));
  });
  if (field_bits != kFieldBits) return std::nullopt;
  return oti;
}

std::vector<std::uint8_t> write_fti(const Oti& oti) {
  const auto* layout = layout_of(oti.encoding);
  if (layout == nullptr) return {};
  std::vector<std::uint8_t> content(layout->size);
  each_field(*layout, oti, kFieldBits,
             [&](Field field, const auto& member) { write_number(content, field.at, field.size, member); });
  return content;
}

std::size_t payload_id_size(Encoding encoding) {
  const auto layout = payload_id_of(encoding);
  return std::size_t{layout.block} + layout.block_length + layout.symbol;
}

SymbolId read_payload_id(Encoding encoding, std::span<const std::uint8_t> bytes) {
  const auto layout = payload_id_of(encoding);
  const std::size_t length_at = layout.block, symbol_at = length_at + layout.block_length;
  SymbolId id;
  id.block = static_cast<std::uint32_t>(read_number(bytes, 0, layout.block));
  id.block_length = static_cast<std::uint16_t>(read_number(bytes, length_at, layout.block_length));
  id.symbol = static_cast<std::uint32_t>(read_number(bytes, symbol_at, layout.symbol));
  return id;
}

void write_payload_id(Encoding encoding, const SymbolId& id, std::span<std::uint8_t> out) {
  const auto layout = payload_id_of(encoding);
  const std::size_t length_at = layout.block, symbol_at = length_at + layout.block_length;
  write_number(out, 0, layout.block, id.block);
  write_number(out, length_at, layout.block_length, id.block_length);
  write_number(out, symbol_at, layout.symbol, id.symbol);
}

}  // namespace edu::fec
