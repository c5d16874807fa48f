// The codes behind one seam: a source block in, symbols out; symbols in, the source block out. The schemes of
// oti.h, each in its own source; RaptorQ is a room of its own (raptorq/) and an option of the build.
//
// Blocking and pure computation: call on a worker. No call keeps what it was given, unless it says so.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "flute/fec/oti.h"

namespace edu::fec {

// Which points a Reed-Solomon code over GF(2^8) (polynomial 0x11d) evaluates: column c of the Vandermonde
// matrix before it is made systematic. RFC 5510 8.2.1 has alpha^c; the others are what deployed senders use.
enum class RsPoints : std::uint8_t {
  powers,       // 1, a, a^2 …  RFC 5510
  zero_powers,  // 0, 1, a, a^2 …
  integers,     // 0, 1, 2, 3 …
};

inline constexpr std::array kAllPoints{RsPoints::powers, RsPoints::zero_powers, RsPoints::integers};

struct CodeSettings {
  RsPoints points = RsPoints::powers;
};

bool has_code(Encoding encoding);  // false: not one of ours, or RaptorQ, which was left out of this build

// Makes any symbol of one block.
class BlockEncoder {
 public:
  virtual ~BlockEncoder() = default;
  // Writes symbol `esi` (source or repair, below Block::encoded) to `out`, oti.symbol bytes. A source symbol
  // is the one in `source`.
  virtual void symbol(std::uint32_t esi, std::span<std::uint8_t> out) = 0;
};
// `source` is block.symbols * oti.symbol bytes, symbol by symbol (with RaptorQ's sub-blocks that is another
// order than the object's: `piece` in oti.h), zeros where the object has none; it must outlive the encoder.
// Of a checked OTI. Throws std::invalid_argument: has_code is false, or the sizes do not agree.
std::unique_ptr<BlockEncoder> make_encoder(const Oti& oti, const Block& block,
                                           std::span<const std::uint8_t> source,
                                           const CodeSettings& settings = {});

// The same for the blocks of one object, one after the other: what blocks of one size have in common
// (RaptorQ's order of work, Reed-Solomon's matrix) is made once. The two latest sizes are kept; a partition
// has no more. One thread at a time; the encoders it makes may outlive it.
class Encoders {
 public:
  explicit Encoders(const Oti& oti, const CodeSettings& settings = {});
  ~Encoders();
  std::unique_ptr<BlockEncoder> make(const Block& block, std::span<const std::uint8_t> source);

 private:
  struct Prepared;
  Oti oti_;
  CodeSettings settings_;
  std::vector<std::unique_ptr<Prepared>> prepared_;
};

struct Repair {
  std::uint32_t esi;          // block.symbols .. block.encoded-1
  const std::uint8_t* bytes;  // oti.symbol of them
};

// Is `repair` the symbol that a code with these points makes of a whole block? Of a checked Reed-Solomon OTI.
bool makes(RsPoints points, const Oti& oti, const Block& block, std::span<const std::uint8_t> source,
           const Repair& repair);
bool is_reed_solomon(Encoding encoding);

// Fills the gaps of a block in place. `source`: block.symbols * oti.symbol bytes with the received source
// symbols at their places; `have[i]`: source symbol i is there. True: all of `source` is right now. False:
// these symbols do not determine the block (RaptorQ, rarely, with k or k+1 of them; or too few): `source` is
// as it was where `have` says so, and more symbols must come. Repair symbols that come twice, or whose ESI is
// none of the block's, are skipped. Of a checked OTI; throws std::invalid_argument: the sizes do not
// agree.
bool decode(const Oti& oti, const Block& block, std::span<std::uint8_t> source, const std::vector<bool>& have,
            std::span<const Repair> repair, const CodeSettings& settings = {});

}  // namespace edu::fec
