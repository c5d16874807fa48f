#include "flute/content.h"

#include <random>

#include <gtest/gtest.h>

namespace edu::flute {
namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr ContentEncoding kCodings[] = {ContentEncoding::none, ContentEncoding::zlib,
                                        ContentEncoding::deflate, ContentEncoding::gzip};

Bytes sample(std::size_t size) {  // a third of it noise: not too compressible
  std::mt19937 random(7);
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i % 3 ? i / 100 : random());
  return bytes;
}

struct Inflated {
  Bytes bytes;
  Result<void> outcome;
};
Inflated inflate(ContentEncoding encoding, const Bytes& coded, std::uint64_t most, std::size_t piece = 1000) {
  Inflated out;
  Inflater inflater(encoding, most, [&](std::span<const std::uint8_t> bytes) {
    out.bytes.insert(out.bytes.end(), bytes.begin(), bytes.end());
    return Result<void>{};
  });
  for (std::size_t at = 0; at < coded.size() && out.outcome; at += piece)
    out.outcome = inflater.write(std::span(coded).subspan(at, std::min(piece, coded.size() - at)));
  if (out.outcome) out.outcome = inflater.finish();
  return out;
}

std::string code_of(const Inflated& inflated) {
  return inflated.outcome ? "" : inflated.outcome.error().code;
}

TEST(Content, GoesThereAndBackInPiecesOfAnySize) {
  const auto plain = sample(100'000);
  for (const auto coding : kCodings)
    for (const std::size_t piece : {1, 2, 999, 1'000'000}) {
      const auto back = inflate(coding, deflate(coding, plain), plain.size(), piece);
      EXPECT_EQ(code_of(back), "");
      EXPECT_EQ(back.bytes, plain);
    }
}

TEST(Content, MayBeEmpty) {
  for (const auto coding : kCodings) {
    const auto back = inflate(coding, deflate(coding, {}), 0);
    EXPECT_EQ(code_of(back), "");
    EXPECT_TRUE(back.bytes.empty());
  }
}

TEST(Content, TakesDeflateWithAndWithoutItsWrapping) {
  const auto plain = sample(5000);
  const auto wrapped = deflate(ContentEncoding::zlib, plain), bare = deflate(ContentEncoding::deflate, plain);
  EXPECT_NE(wrapped, bare);
  for (const auto coding : {ContentEncoding::zlib, ContentEncoding::deflate})
    for (const auto& coded : {wrapped, bare}) EXPECT_EQ(inflate(coding, coded, 5000).bytes, plain);
}

TEST(Content, ReadsAGzipFileOfSeveralMembers) {
  auto coded = deflate(ContentEncoding::gzip, sample(10));
  const auto second = deflate(ContentEncoding::gzip, sample(20));
  coded.insert(coded.end(), second.begin(), second.end());
  for (const std::size_t piece : {1, 7, 1000})
    EXPECT_EQ(inflate(ContentEncoding::gzip, coded, 30, piece).bytes.size(), 30U);
}

TEST(Content, IsNeverLargerThanItsBound) {
  for (const auto coding : kCodings) {
    const auto coded = deflate(coding, sample(70'000));
    const auto back = inflate(coding, coded, 69'999);
    EXPECT_EQ(code_of(back), "content.too_large");
    EXPECT_LE(back.bytes.size(), 69'999U);
  }
}

// A gigabyte of zeros is a megabyte of gzip. It ends at the bound, long before the gigabyte.
TEST(Content, RefusesABombEarly) {
  const auto member = deflate(ContentEncoding::gzip, Bytes(1 << 24));
  Bytes bomb;
  for (int i = 0; i < 64; ++i) bomb.insert(bomb.end(), member.begin(), member.end());
  ASSERT_LT(bomb.size(), 1'100'000U);
  std::uint64_t given = 0;
  Inflater inflater(ContentEncoding::gzip, 100'000'000, [&](auto bytes) {
    given += bytes.size();
    return Result<void>{};
  });
  EXPECT_EQ(inflater.write(bomb).error().code, "content.too_large");
  EXPECT_LE(given, 100'000'000U);
}

TEST(Content, NamesWhatIsDamagedAndWhatBreaksOff) {
  for (const auto coding : {ContentEncoding::zlib, ContentEncoding::gzip}) {
    auto coded = deflate(coding, sample(5000));
    const Bytes cut(coded.begin(), coded.end() - 5);
    EXPECT_EQ(code_of(inflate(coding, cut, 5000)), "content.truncated");
    auto more = coded;
    more.push_back('x');
    EXPECT_NE(code_of(inflate(coding, more, 5000)), "");
    coded[coded.size() - 2] ^= 1;  // of the check value
    EXPECT_EQ(code_of(inflate(coding, coded, 5000)), "content.corrupt");
  }
  EXPECT_EQ(code_of(inflate(ContentEncoding::gzip, {1, 2, 3, 4}, 10)), "content.corrupt");
  EXPECT_EQ(code_of(inflate(ContentEncoding::gzip, {0x1f}, 10)), "content.truncated");
}

TEST(Content, PassesOnWhatItsSinkRefuses) {
  for (const auto coding : kCodings) {
    Inflater inflater(coding, 1000, [](auto) { return Result<void>(refuse("no_space")); });
    EXPECT_EQ(inflater.write(deflate(coding, sample(100))).error().code, "no_space");
  }
}

}  // namespace
}  // namespace edu::flute
