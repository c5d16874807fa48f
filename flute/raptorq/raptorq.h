// RaptorQ, RFC 6330: a block of up to 56,403 source symbols becomes as many encoding symbols as wanted, and
// any set of them hardly larger than the block gives it back. This header is the whole seam of the room.
//
// The source symbols are the first encoding symbols themselves (ESI 0 .. k-1). Sub-blocks are not seen here:
// a symbol is one run of bytes, whose columns are coded alike.
// Blocking and pure computation, no state shared between calls; any thread. std::bad_alloc may be thrown.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace edu::raptorq {

inline constexpr std::uint32_t kMostSymbols = 56403;  // K'_max, RFC 6330 5.6
inline constexpr std::uint32_t kEsis = 1 << 24;       // ESIs are of 24 bits

class Plan;

// The order of work for encoding blocks of k symbols: a fifth or so of a block's encoding, spared where many
// blocks have one size. 1 <= k <= kMostSymbols.
std::shared_ptr<const Plan> encoding_plan(std::uint32_t k);

class Encoder {
 public:
  // `source`: k symbols of `size` bytes, which must outlive the encoder. `plan`: encoding_plan(k), or null.
  Encoder(std::uint32_t k, std::size_t size, std::span<const std::uint8_t> source,
          std::shared_ptr<const Plan> plan = nullptr);
  void symbol(std::uint32_t esi, std::span<std::uint8_t> out) const;  // esi < kEsis; out: size bytes

 private:
  std::uint32_t k_;
  std::size_t size_;
  std::span<const std::uint8_t> source_;
  std::vector<std::uint8_t> intermediate_;  // L symbols
};

struct Repair {
  std::uint32_t esi;          // k .. kEsis-1; others are skipped, and so is one that comes twice
  const std::uint8_t* bytes;  // a symbol
};

// Fills in the source symbols that have[i] does not name, from those it does and from `repair`. False: they
// do not determine the block (or k or size is none that RaptorQ has); `source` is unchanged then.
bool decode(std::uint32_t k, std::size_t size, std::span<std::uint8_t> source, const std::vector<bool>& have,
            std::span<const Repair> repair);

}  // namespace edu::raptorq
