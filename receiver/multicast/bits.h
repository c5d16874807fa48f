// Which symbols of an object are there: one bit each, from 0 on.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace edu::multicast {

class Bits {
 public:
  Bits() = default;
  explicit Bits(std::uint64_t size) : size_(size), words_((size + 63) / 64) {}

  std::uint64_t size() const { return size_; }
  bool test(std::uint64_t i) const { return (words_[i / 64] >> (i % 64) & 1) != 0; }
  void set(std::uint64_t i) { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
  void reset(std::uint64_t i) { words_[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }
  void set(std::uint64_t first, std::uint64_t count) {
    for (auto i = first; i < first + count; ++i) set(i);
  }
  void reset(std::uint64_t first, std::uint64_t count) {
    for (auto i = first; i < first + count; ++i) reset(i);
  }
  std::uint64_t count(std::uint64_t first, std::uint64_t count) const {
    std::uint64_t found = 0;
    for (auto i = first; i < first + count;) {
      const bool whole = i % 64 == 0 && first + count - i >= 64;
      found += whole ? static_cast<std::uint64_t>(std::popcount(words_[i / 64])) : test(i) ? 1 : 0;
      i += whole ? 64 : 1;
    }
    return found;
  }
  std::span<std::uint64_t> words() { return words_; }  // little-endian in files, as on the machines we run on
  std::span<const std::uint64_t> words() const { return words_; }

 private:
  std::uint64_t size_ = 0;
  std::vector<std::uint64_t> words_;
};

}  // namespace edu::multicast
