#include "receiver/trust/minisign.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "tests/receiver/signing.h"

namespace edu::receiver {
namespace {

using Kind = test::SigningKey::Kind;

class Minisign : public testing::TestWithParam<Kind> {
 protected:
  bool holds(const std::string& content, const std::string& signature) const {
    const auto parsed = parse_signature(signature);
    return parsed && verifies(*parse_public_key(key_.public_key()), *parsed, bytes_of(content));
  }
  test::SigningKey key_;
  const std::string content_ = R"({"title": "果树修剪"})";
};

INSTANTIATE_TEST_SUITE_P(BothAlgorithms, Minisign, testing::Values(Kind::prehashed, Kind::legacy));

TEST_P(Minisign, WhatTheToolSignedHolds) {
  const auto signature = key_.sign(content_, GetParam());
  EXPECT_TRUE(holds(content_, signature));
  const auto parsed = *parse_signature(signature);
  EXPECT_EQ(parsed.prehashed, GetParam() == Kind::prehashed);
  EXPECT_EQ(parsed.trusted_comment, "made by a test");
  EXPECT_EQ(key_text(parsed.id), key_.id());
  EXPECT_TRUE(holds("", key_.sign("", GetParam())));
}

TEST_P(Minisign, ChangedBytesDoNotHold) {
  const auto signature = key_.sign(content_, GetParam());
  for (std::size_t i = 0; i < content_.size(); ++i) {
    auto changed = content_;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(holds(changed, signature)) << i;
  }
  EXPECT_FALSE(holds(content_ + " ", signature));
  EXPECT_FALSE(holds("", signature));
}

// Whatever is changed in the file: it is no signature any more, or it does not hold. Only the first line, the
// untrusted comment, may say anything.
TEST_P(Minisign, AChangeAnywhereInTheSignatureIsNoticed) {
  const auto signature = key_.sign(content_, GetParam());
  for (auto i = signature.find('\n') + 1; i < signature.size(); ++i) {
    auto changed = signature;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(holds(content_, changed)) << i << ": " << changed;
  }
  EXPECT_TRUE(holds(content_, "untrusted comment: anything" + signature.substr(signature.find('\n'))));
}

TEST_P(Minisign, AnotherKeysSignatureDoesNotHoldThoughItClaimsThisKey) {
  const test::SigningKey other;
  const auto ours = *parse_signature(key_.sign(content_, GetParam()));
  auto forged = *parse_signature(other.sign(content_, GetParam()));
  const auto key = *parse_public_key(key_.public_key());
  EXPECT_FALSE(verifies(key, forged, bytes_of(content_)));
  forged.id = ours.id;
  EXPECT_FALSE(verifies(key, forged, bytes_of(content_)));
}

TEST_P(Minisign, ACutFileIsNoSignature) {
  const auto signature = key_.sign(content_, GetParam());
  const auto whole = signature.size() - 1;  // without the last line's end it is still whole
  for (std::size_t size = 0; size < whole; ++size)
    EXPECT_FALSE(parse_signature(signature.substr(0, size))) << size;
  EXPECT_TRUE(parse_signature(signature.substr(0, whole)));
  EXPECT_FALSE(parse_signature(signature + "more"));
  EXPECT_FALSE(parse_signature(signature + std::string(kSignatureLimit, ' ')));
}

TEST_P(Minisign, BlankLinesMayFollow) {
  for (const auto* more : {"\n", "\n\n", "\r\n", " \t\n"})
    EXPECT_TRUE(holds(content_, key_.sign(content_, GetParam()) + more)) << more;
  EXPECT_TRUE(parse_public_key(key_.public_key() + "\n\n"));
}

TEST_P(Minisign, LinesMayEndAsWindowsEndsThem) {
  std::string windows;
  for (const char c : key_.sign(content_, GetParam())) windows += c == '\n' ? "\r\n" : std::string(1, c);
  EXPECT_TRUE(holds(content_, windows));
}

TEST(MinisignKey, IsReadAsItIsPrintedAndAsItsFile) {
  const test::SigningKey key;
  ASSERT_EQ(key.public_key().size(), 56u);
  ASSERT_TRUE(parse_public_key(key.public_key()));
  EXPECT_EQ(parse_public_key(key.public_key())->key, parse_public_key(key.public_file())->key);
  EXPECT_EQ(key_text(parse_public_key(key.public_key())->id), key.id());
}

TEST(MinisignKey, AnythingElseIsNone) {
  const test::SigningKey key;
  const auto good = key.public_key();
  for (const auto& text :
       {std::string(), std::string("RW"), good.substr(1), good + "A", good.substr(0, 55), " " + good,
        "RX" + good.substr(2), good + "\nmore", std::string(56, '!'), std::string(1 << 16, 'A')})
    EXPECT_FALSE(parse_public_key(text)) << text;
}

}  // namespace
}  // namespace edu::receiver
