// What a receiver must know of an object to put it together: its FEC Object Transmission Information, the
// blocks that follow from it, and the payload ID in front of every symbol.
//
// Sources: RFC 5052 (building block; 9.1: the partition), RFC 5445 (IDs 0 and 129), RFC 5510 (IDs 2 and 5),
// RFC 6330 (ID 6; 4.4.1.2: the partition with sub-blocks). Pure values: no I/O; hostile until `checked`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <base/result.h>

namespace edu::fec {

// FEC Encoding ID.
enum class Encoding : std::uint8_t {
  no_code = 0,         // compact no-code
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
  std::uint32_t max_block = 0;    // maximum source block length, B, symbols; not in ID 6
  std::uint32_t max_symbols = 0;  // maximum number of encoding symbols of a block, max_n; IDs 2, 5, 129
  std::uint16_t blocks = 1;       // Z, 1 to 256; ID 6
  std::uint16_t sub_blocks = 1;   // N; ID 6
  std::uint8_t alignment = 1;     // Al; ID 6
  std::uint8_t group = 1;         // G, symbols a packet; ID 2
  bool operator==(const Oti&) const = default;
};

// The same, when it is one that we can decode within bounds. Refusals fec.unknown_encoding {id}, fec.bad_oti
// {member, value, right}.
Result<Oti> checked(const Oti& oti);

// The content of an EXT_FTI header extension: everything after HET and HEL (RFC 5445 4.2.4 and 5.2.4, RFC
// 5510 4.2.4 and 5.2.4, RFC 6330 3.3). The read value is not checked yet; none: the size is wrong.
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
  std::uint32_t encoded = 0;  // n: ESIs below this are valid (RaptorQ: 2^24)
  std::uint64_t offset = 0;   // of its first byte in the object
  std::uint64_t bytes = 0;    // of the object in it; the last symbol of the last block is padded with zeros
  bool operator==(const Block&) const = default;
};

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
