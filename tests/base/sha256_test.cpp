#include "base/sha256.h"

#include <gtest/gtest.h>

namespace edu {
namespace {

TEST(Sha256, KnownAnswers) {  // FIPS 180-4's examples
  EXPECT_EQ(to_hex(Sha256().finish()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(Sha256().update("abc").finish()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, PiecesAreTheWhole) {
  EXPECT_EQ(Sha256().update("a").update("").update("bc").finish(), Sha256().update("abc").finish());
}

TEST(Digest, ReadsWhatItWrites) {
  const auto digest = Sha256().update("abc").finish();
  EXPECT_EQ(digest_from_hex(to_hex(digest)), digest);
  EXPECT_EQ(digest_from_hex("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"), digest);
}

TEST(Digest, RefusesOtherText) {
  EXPECT_FALSE(digest_from_hex(""));
  EXPECT_FALSE(digest_from_hex(std::string(63, 'a')));
  EXPECT_FALSE(digest_from_hex(std::string(63, 'a') + "g"));
}

}  // namespace
}  // namespace edu
