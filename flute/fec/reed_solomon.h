// Reed-Solomon over GF(2^8), polynomial 0x11d, systematic: RFC 5510 8. The block's symbols are the values of
// a polynomial of degree below k at the points of ESI 0 .. k-1, and its repair symbols those at the next
// points. The only room of ISA-L, whose ec_encode_data does all the work on bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "flute/fec/block_code.h"

namespace edu::fec {

// rows * columns factors, in the form that ISA-L multiplies by (32 bytes each).
class RsMatrix {
 public:
  // The values at points `to` from those at points `from`, all different: RFC 5510's generator matrix when
  // `from` are the source symbols'. ESIs below 255.
  RsMatrix(RsPoints points, std::span<const std::uint32_t> from, std::span<const std::uint32_t> to);
  std::size_t rows() const { return rows_; }
  // out[i] = the sum over j of factor (i, j) * in[j]; all of `size` bytes, in no particular alignment.
  void multiply(std::span<const std::uint8_t* const> in, std::span<std::uint8_t* const> out,
                std::size_t size) const;

 private:
  std::size_t rows_, columns_;
  std::unique_ptr<std::uint8_t[]> tables_;
};

bool decode_reed_solomon(RsPoints points, std::uint32_t k, std::size_t size, std::span<std::uint8_t> source,
                         const std::vector<bool>& have, std::span<const Repair> repair,
                         std::uint32_t encoded);

}  // namespace edu::fec
