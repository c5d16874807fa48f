// What a receiver must know of an object to put it together: its FEC Object Transmission Information, the
// blocks that follow from it, and the payload ID in front of every symbol.
//
// Sources: RFC 5052 (building block; 9.1: the partition), RFC 5445 (IDs 0 and 129), RFC 5053 (ID 1), RFC 5510
// (IDs 2 and 5), RFC 6330 (ID 6; 4.4.1.2: the partition with sub-blocks). Pure values: no I/O; hostile until
// `checked`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"

namespace edu::fec {

// FEC Encoding ID.
enum class Encoding : std::uint8_t {
  no_code = 0,         // compact no-code
  raptor = 1,          // of older senders; taken by its source symbols alone: there is no code for it here
  reed_solomon_m = 2,  // Reed-Solomon over GF(2^m); here m = 8
  reed_solomon = 5,    // Reed-Solomon over GF(2^8)
  raptorq = 6,
  small_block = 129,  // small block, large block and expandable codes, systematic or not: by instance
};

struct Oti {
  Encoding encoding = Encoding::no_code;
  std::uint16_t instance = 0;     // FEC Instance ID, of ID 129 alone; 0 there: Reed-Solomon over GF(2^8)
  std::uint64_t length = 0;       // transfer length, bytes; at most 2^48 - 1 (RaptorQ: 942574504275)
  std::uint16_t symbol = 0;       // encoding symbol length, E or T, bytes
  std::uint32_t max_block = 0;    // maximum source block length, B, symbols; not in IDs 1 and 6
  std::uint32_t max_symbols = 0;  // maximum number of encoding symbols of a block, max_n; IDs 2, 5, 129
  std::uint16_t blocks = 1;       // Z, from 1; IDs 1 and 6 (at most 255)
  std::uint16_t sub_blocks = 1;   // N; IDs 1 and 6
  std::uint8_t alignment = 1;     // Al; IDs 1 and 6
  std::uint8_t group = 1;         // G, symbols a packet; ID 2
  bool operator==(const Oti&) const = default;
};

// A block of more bytes than this is refused: it has to be decoded in memory, and no sender makes such blocks
// on purpose (RaptorQ's largest, 56,403 symbols of 1,400 bytes, is 75 MiB).
inline constexpr std::uint64_t kMostBlockBytes = 128 << 20;
inline constexpr std::uint32_t kMostRaptorQSymbols = 56403;  // K'_max, RFC 6330 5.6
inline constexpr std::uint32_t kMostRaptorSymbols = 8192;    // K_max, RFC 5053 5.4.2.2
inline constexpr std::uint32_t kMostReedSolomon = 255;       // n of GF(2^8)

// The same without the members that its scheme does not have: senders fill them with anything.
Oti own_members(Oti oti);

// Do two checked OTIs cut the object into the same symbols of the same blocks? What is a bound alone (the
// largest block of a file that has one smaller block; max_n) may differ.
bool same_cut(const Oti& a, const Oti& b);

// own_members, when it is one that we can decode within bounds. Refusals fec.unknown_encoding {id},
// fec.bad_oti {member, value, right}; `member` by the name that RFC 6726 3.4.2 or RFC 6330 3.3 gives it.
Result<Oti> checked(const Oti& oti);

// The content of an EXT_FTI header extension: everything after HET and HEL (RFC 5445 4.2.4 and 5.2.4, RFC
// 5510 4.2.4 and 5.2.4, RFC 5053 3.2, RFC 6330 3.3). The read value is not checked yet; none: the size is
// wrong, or it is of ID 2 with another field than GF(2^8). RaptorQ's 12 bytes are written with two of
// padding, since LCT counts words of four, and read with or without.
std::optional<Oti> read_fti(Encoding encoding, std::span<const std::uint8_t> content);
std::vector<std::uint8_t> write_fti(const Oti& oti);

// FEC payload ID: which symbol of which block a packet's payload begins with.
struct SymbolId {
  std::uint32_t block = 0;         // SBN
  std::uint32_t symbol = 0;        // ESI; source symbols are 0 .. k-1
  std::uint16_t block_length = 0;  // of ID 129: the source block length that the packet states
  bool operator==(const SymbolId&) const = default;
};
std::size_t payload_id_size(Encoding encoding);                                    // bytes
SymbolId read_payload_id(Encoding encoding, std::span<const std::uint8_t> bytes);  // at least so many
void write_payload_id(Encoding encoding, const SymbolId& id, std::span<std::uint8_t> out);  // exactly so many

struct Block {
  std::uint32_t symbols = 0;  // k, source symbols
  // n: ESIs below this are valid (RaptorQ: 2^24, Raptor: 2^16). Reed-Solomon: k + max_n - B, since a small
  // block may carry as much repair as a large one; a sender that keeps to RFC 5510 6.1 stops at floor(k *
  // max_n / B).
  std::uint32_t encoded = 0;
  std::uint64_t offset = 0;  // of its first byte in the object
  std::uint64_t bytes = 0;   // of the object in it; the last block is padded with zeros to symbols * E
  bool operator==(const Block&) const = default;
};

// Part of a source symbol that is one run of bytes in the block. With RaptorQ's sub-blocks (RFC 6330 4.4.1.2)
// a symbol is sub_blocks such runs, else it is one.
struct Piece {
  std::uint32_t in_symbol = 0;  // offset in the symbol
  std::uint64_t in_block = 0;   // offset in the block's bytes
  std::uint32_t bytes = 0;
  bool operator==(const Piece&) const = default;
};
// Of a checked OTI; `symbol` < block.symbols, `sub_block` < oti.sub_blocks.
Piece piece(const Oti& oti, const Block& block, std::uint32_t symbol, std::uint16_t sub_block);

// An object's blocks, from a checked OTI. Small whatever the object's size: nothing is kept for each block.
class Partition {
 public:
  explicit Partition(const Oti& oti);
  std::uint32_t blocks() const { return blocks_; }  // 0 for an empty object
  Block block(std::uint32_t sbn) const;             // sbn < blocks()
  std::uint64_t symbols() const;                    // source symbols of all blocks

 private:
  Oti oti_;
  std::uint32_t blocks_ = 0, large_blocks_ = 0, large_ = 0,
                small_ = 0;  // RFC 5052 9.1: N, I, A_large, A_small
};

}  // namespace edu::fec
