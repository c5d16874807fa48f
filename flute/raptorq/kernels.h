// The work on bytes: sums (XOR) of symbols and multiplication by alpha in GF(2^8), polynomial 0x11d (RFC 6330
// 5.7). Every product that the code needs is made of these two, so there is no table of products.
//
// Compiled twice from kernels_body.h: for any x86-64 (or other) processor, and for AVX2; chosen at run time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace edu::raptorq {

inline constexpr std::size_t kLane = 32;  // every width below is a multiple of this, bytes

// Slots of one width, one behind the other at `stride`.
struct Slots {
  std::uint8_t* base;
  std::size_t stride;
  std::uint8_t* operator[](std::size_t slot) const { return base + slot * stride; }
};

struct HdpcPair {  // two of the H HDPC rows
  std::uint8_t one, other;
};

struct Kernels {
  // to = first + the sum of `count` slots; `first` null: zeros.
  void (*sum)(std::uint8_t* to, const std::uint8_t* first, Slots slots, const std::uint32_t* from,
              std::size_t count, std::size_t width);
  // to = alpha * to + the sum of `count` slots.
  void (*double_and_sum)(std::uint8_t* to, Slots slots, const std::uint32_t* from, std::size_t count,
                         std::size_t width);
  // GAMMA and MT of the HDPC rows: for each of `count` slots from `first` on, z = alpha * z + slot, and z is
  // added to the two of `sums` that `pairs` names.
  void (*hdpc)(std::uint8_t* z, Slots slots, std::size_t first, std::size_t count, const HdpcPair* pairs,
               Slots sums, std::size_t width);
};

const Kernels& kernels();           // the best for this processor
const Kernels& portable_kernels();  // what every processor can do
const Kernels* avx2_kernels();      // null: this processor lacks AVX2

}  // namespace edu::raptorq
