#include "flute/raptorq/kernels.h"

#include <random>

#include <gtest/gtest.h>

namespace edu::raptorq {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kSlots = 7;
constexpr std::size_t kWidths[] = {32, 64, 96, 128, 160, 256, 288, 512, 544};

std::uint8_t twice(std::uint8_t x) { return static_cast<std::uint8_t>(x << 1 ^ (x >= 128 ? 0x11d : 0)); }

struct Bench {
  explicit Bench(std::size_t width) : bytes(kSlots * width), slots{bytes.data(), width} {
    std::mt19937_64 random(width);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  }
  Bytes bytes;
  Slots slots;
};

class KernelsOf : public testing::TestWithParam<bool> {
 protected:
  // Null: this processor cannot do these.
  const Kernels* kernels() const { return GetParam() ? avx2_kernels() : &portable_kernels(); }
};

TEST_P(KernelsOf, AddUpSlots) {
  if (kernels() == nullptr) GTEST_SKIP() << "no AVX2";
  const std::vector<std::uint32_t> from{0, 2, 5};
  for (const auto width : kWidths) {
    Bench bench(width);
    Bytes with(width + 1), without(width + 1, 9);  // a byte behind, to see that it stays
    kernels()->sum(with.data(), bench.slots[6], bench.slots, from.data(), from.size(), width);
    kernels()->sum(without.data(), nullptr, bench.slots, from.data(), from.size(), width);
    for (std::size_t i = 0; i < width; ++i) {
      const auto sum = bench.slots[0][i] ^ bench.slots[2][i] ^ bench.slots[5][i];
      ASSERT_EQ(without[i], sum);
      ASSERT_EQ(with[i], sum ^ bench.slots[6][i]);
    }
    EXPECT_EQ(with[width], 0);
    EXPECT_EQ(without[width], 9);
  }
}

TEST_P(KernelsOf, MultiplyByAlpha) {
  if (kernels() == nullptr) GTEST_SKIP() << "no AVX2";
  const std::vector<std::uint32_t> from{1, 3};
  for (const auto width : kWidths) {
    Bench bench(width);
    const Bytes before(bench.slots[6], bench.slots[6] + width);
    kernels()->double_and_sum(bench.slots[6], bench.slots, from.data(), from.size(), width);
    for (std::size_t i = 0; i < width; ++i) {
      ASSERT_EQ(bench.slots[6][i], twice(before[i]) ^ bench.slots[1][i] ^ bench.slots[3][i]);
    }
  }
}

TEST_P(KernelsOf, RunTheRecurrenceOfTheHdpcRows) {
  if (kernels() == nullptr) GTEST_SKIP() << "no AVX2";
  const std::vector<HdpcPair> pairs{{0, 1}, {2, 0}, {1, 2}};
  for (const auto width : kWidths) {
    Bench bench(width);
    Bytes z(width, 3), sums(3 * width);
    kernels()->hdpc(z.data(), bench.slots, 2, 3, pairs.data(), {sums.data(), width}, width);
    for (std::size_t i = 0; i < width; ++i) {
      std::uint8_t expected[3] = {}, running = 3;
      for (std::size_t step = 0; step < 3; ++step) {
        running = static_cast<std::uint8_t>(twice(running) ^ bench.slots[2 + step][i]);
        expected[pairs[step].one] ^= running;
        expected[pairs[step].other] ^= running;
      }
      ASSERT_EQ(z[i], running);
      for (std::size_t row = 0; row < 3; ++row) ASSERT_EQ(sums[row * width + i], expected[row]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Any, KernelsOf, testing::Values(false, true),
                         [](const auto& run) { return run.param ? "Avx2" : "Portable"; });

}  // namespace
}  // namespace edu::raptorq
