// FEC Object Transmission Information in, blocks out: the bounds of every scheme (`checked`), and the cutting
// of an object into source blocks (`Partition`) and, for RaptorQ, sub-blocks (`piece`).
//
// An OTI comes from the network or from an FDT. `checked` is the door: behind it no product overflows, no
// block number or ESI outgrows its field in the payload ID, and no block outgrows kMostBlockBytes.
#include "flute/fec/oti.h"

#include <algorithm>
#include <string>

namespace edu::fec {

namespace {

constexpr std::uint64_t kMostLength = (std::uint64_t{1} << 48) - 1;  // 48 bits in every FTI but RaptorQ's
constexpr std::uint64_t kMostRaptorQLength = 942574504275;           // RFC 6330 3.3.2
constexpr std::uint64_t kMostRaptorLength = (std::uint64_t{1} << 45) - 1;  // RFC 5053 3.2.2
constexpr std::uint32_t kRaptorQEsis = 1 << 24;                            // ESIs of 24 bits
constexpr std::uint32_t kRaptorEsis = 1 << 16;                             // of 16 bits

// Of RaptorQ's sub-blocks. RFC 6330 4.3 advises SS * Al, 32 bytes; with one or two each symbol would be
// hundreds of reads and writes.
constexpr std::uint32_t kLeastSubSymbol = 16;

std::uint64_t ceil_div(std::uint64_t a, std::uint64_t b) { return a / b + (a % b != 0); }

Unexpected bad(const char* member, std::uint64_t value, std::string right) {
  return refuse("fec.bad_oti",
                {{"member", member}, {"value", std::to_string(value)}, {"right", std::move(right)}});
}

std::string from_to(std::uint64_t first, std::uint64_t last) {
  return std::to_string(first) + " - " + std::to_string(last);
}

bool is_fountain(Encoding encoding) { return encoding == Encoding::raptor || encoding == Encoding::raptorq; }

// Source blocks of an object; of an OTI that is not checked perhaps 0.
std::uint64_t blocks_of(const Oti& oti) {
  if (is_fountain(oti.encoding)) return oti.blocks;
  if (oti.symbol == 0 || oti.max_block == 0) return 0;
  return ceil_div(ceil_div(oti.length, oti.symbol), oti.max_block);
}

bool is_known(Encoding encoding) {
  switch (encoding) {
    case Encoding::no_code:
    case Encoding::raptor:
    case Encoding::reed_solomon_m:
    case Encoding::reed_solomon:
    case Encoding::raptorq:
    case Encoding::small_block:
      return true;
  }
  return false;
}

// How many source block numbers the payload ID of a scheme can tell apart.
std::uint64_t most_blocks(Encoding encoding) {
  switch (encoding) {
    case Encoding::no_code:
    case Encoding::raptor:
      return 1 << 16;
    case Encoding::reed_solomon_m:
    case Encoding::reed_solomon:
      return 1 << 24;
    case Encoding::raptorq:
      return 255;
    case Encoding::small_block:
      return std::uint64_t{1} << 32;
  }
  return 0;
}

Result<void> check_block_bytes(std::uint64_t symbols, std::uint16_t symbol) {
  if (symbols * symbol > kMostBlockBytes) {
    return bad("source block bytes", symbols * symbol, from_to(1, kMostBlockBytes));
  }
  return {};
}

// RaptorQ, and Raptor, which has the same members in other widths.
Result<void> check_raptor(const Oti& oti) {
  const bool old = oti.encoding == Encoding::raptor;
  const auto most_length = old ? kMostRaptorLength : kMostRaptorQLength;
  if (oti.length > most_length) return bad("Transfer-Length", oti.length, from_to(0, most_length));
  if (oti.alignment == 0 || oti.symbol % oti.alignment != 0) {
    return bad("Al", oti.alignment, "a divisor of T = " + std::to_string(oti.symbol));
  }
  const std::uint64_t symbols = ceil_div(oti.length, oti.symbol);
  const auto most = std::clamp<std::uint64_t>(symbols, 1, most_blocks(oti.encoding) - (old ? 1 : 0));
  if (oti.blocks == 0 || oti.blocks > most) return bad("Z", oti.blocks, from_to(1, most));
  const std::uint16_t most_sub = oti.symbol / oti.alignment;
  if (oti.sub_blocks == 0 || oti.sub_blocks > most_sub) return bad("N", oti.sub_blocks, from_to(1, most_sub));
  if (oti.sub_blocks > 1 && most_sub / oti.sub_blocks * oti.alignment < kLeastSubSymbol)
    return bad("N", oti.sub_blocks, "sub-symbols of at least " + std::to_string(kLeastSubSymbol) + " bytes");
  const auto k = ceil_div(symbols, oti.blocks);
  const auto most_k = old ? kMostRaptorSymbols : kMostRaptorQSymbols;
  if (k > most_k) return bad("K", k, from_to(1, most_k));
  return check_block_bytes(k, oti.symbol);
}

Result<void> check_reed_solomon(const Oti& oti) {
  if (oti.encoding == Encoding::small_block && oti.instance != 0) {
    return bad("FEC-OTI-FEC-Instance-ID", oti.instance, "0");
  }
  if (oti.encoding == Encoding::reed_solomon_m && oti.group == 0) return bad("G", 0, from_to(1, 255));
  if (oti.max_symbols == 0 || oti.max_symbols > kMostReedSolomon) {
    return bad("FEC-OTI-Max-Number-of-Encoding-Symbols", oti.max_symbols, from_to(1, kMostReedSolomon));
  }
  if (oti.max_block > oti.max_symbols) {
    return bad("FEC-OTI-Maximum-Source-Block-Length", oti.max_block, from_to(1, oti.max_symbols));
  }
  return {};
}

// What all schemes but RaptorQ share: blocks of at most B symbols, by RFC 5052 9.1.
Result<void> check_blocks(const Oti& oti) {
  constexpr std::uint32_t kMostNoCode = 1 << 16;  // ESIs of 16 bits
  const auto most_block = oti.encoding == Encoding::no_code ? kMostNoCode : kMostReedSolomon;
  if (oti.max_block == 0 || oti.max_block > most_block) {
    return bad("FEC-OTI-Maximum-Source-Block-Length", oti.max_block, from_to(1, most_block));
  }
  const auto symbols = ceil_div(oti.length, oti.symbol);
  const auto most = std::min(kMostLength, most_blocks(oti.encoding) * oti.max_block * oti.symbol);
  if (oti.length > most) return bad("Transfer-Length", oti.length, from_to(0, most));
  return check_block_bytes(std::min<std::uint64_t>(symbols, oti.max_block), oti.symbol);
}

}  // namespace

Oti own_members(Oti oti) {
  const Oti none;
  const bool blocks = !is_fountain(oti.encoding);
  const bool repair = blocks && oti.encoding != Encoding::no_code;
  if (!blocks) oti.max_block = none.max_block;
  if (!repair) oti.max_symbols = none.max_symbols;
  if (oti.encoding != Encoding::small_block) oti.instance = none.instance;
  if (oti.encoding != Encoding::reed_solomon_m) oti.group = none.group;
  if (blocks) oti.blocks = none.blocks, oti.sub_blocks = none.sub_blocks, oti.alignment = none.alignment;
  return oti;
}

bool same_cut(const Oti& a, const Oti& b) {
  return a.encoding == b.encoding && a.instance == b.instance && a.length == b.length &&
         a.symbol == b.symbol && a.group == b.group && a.sub_blocks == b.sub_blocks &&
         (a.sub_blocks == 1 || a.alignment == b.alignment) && blocks_of(a) == blocks_of(b);
}

Result<Oti> checked(const Oti& given) {
  const auto oti = own_members(given);
  if (!is_known(oti.encoding)) {
    return refuse("fec.unknown_encoding", {{"id", std::to_string(static_cast<unsigned>(oti.encoding))}});
  }
  if (oti.symbol == 0) return bad("FEC-OTI-Encoding-Symbol-Length", 0, from_to(1, 65535));
  auto right = Result<void>();
  if (is_fountain(oti.encoding)) {
    right = check_raptor(oti);
  } else {
    if (oti.encoding != Encoding::no_code) right = check_reed_solomon(oti);
    if (right) right = check_blocks(oti);
  }
  if (!right) return Unexpected(right.error());
  return oti;
}

Partition::Partition(const Oti& oti) : oti_(oti) {
  const auto symbols = ceil_div(oti.length, oti.symbol);
  if (symbols == 0) return;
  const auto blocks = is_fountain(oti.encoding) ? oti.blocks : ceil_div(symbols, oti.max_block);
  blocks_ = static_cast<std::uint32_t>(blocks);
  small_ = static_cast<std::uint32_t>(symbols / blocks);
  large_ = static_cast<std::uint32_t>(ceil_div(symbols, blocks));
  large_blocks_ = static_cast<std::uint32_t>(symbols - small_ * blocks);
}

std::uint64_t Partition::symbols() const { return ceil_div(oti_.length, oti_.symbol); }

Block Partition::block(std::uint32_t sbn) const {
  Block block;
  const std::uint64_t large_before = std::min(sbn, large_blocks_), small_before = sbn - large_before;
  block.symbols = sbn < large_blocks_ ? large_ : small_;
  block.offset = (large_before * large_ + small_before * small_) * oti_.symbol;
  block.bytes =
      std::min<std::uint64_t>(oti_.length - block.offset, std::uint64_t{block.symbols} * oti_.symbol);
  switch (oti_.encoding) {
    case Encoding::no_code:
      block.encoded = block.symbols;
      break;
    case Encoding::raptorq:
      block.encoded = kRaptorQEsis;
      break;
    case Encoding::raptor:
      block.encoded = kRaptorEsis;
      break;
    default:
      block.encoded = block.symbols + oti_.max_symbols - oti_.max_block;
  }
  return block;
}

Piece piece(const Oti& oti, const Block& block, std::uint32_t symbol, std::uint16_t sub_block) {
  if (!is_fountain(oti.encoding)) {
    return {.in_symbol = 0, .in_block = std::uint64_t{symbol} * oti.symbol, .bytes = oti.symbol};
  }
  // RFC 6330 4.4.1.2: (TL, TS, NL, NS) = Partition[T / Al, N], in units of Al bytes.
  const std::uint32_t units = oti.symbol / oti.alignment, n = oti.sub_blocks;
  const std::uint32_t small = units / n, large_blocks = units % n, large = small + 1;
  const std::uint32_t before = sub_block * small + std::min<std::uint32_t>(sub_block, large_blocks);
  Piece piece;
  piece.in_symbol = before * oti.alignment;
  piece.bytes = (sub_block < large_blocks ? large : small) * oti.alignment;
  piece.in_block = std::uint64_t{block.symbols} * piece.in_symbol + std::uint64_t{symbol} * piece.bytes;
  return piece;
}

}  // namespace edu::fec
