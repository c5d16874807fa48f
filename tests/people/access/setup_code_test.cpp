#include "people/access/setup_code.h"

#include <gmock/gmock.h>

namespace edu::access {
namespace {

class SetupCodeTest : public testing::Test {
 protected:
  int made_ = 0;
  SetupCode code_{[this] { return "1234567" + std::to_string(made_++); }};
};

TEST_F(SetupCodeTest, IsGoodUntilItIsUsed) {
  EXPECT_EQ(code_.code(), "12345670");
  EXPECT_TRUE(code_.is("１２３４ ５６７０"));
  EXPECT_TRUE(code_.is("12345670"));
  code_.renew();
  EXPECT_FALSE(code_.is("12345670"));
  EXPECT_EQ(code_.code(), "12345671");
}

TEST_F(SetupCodeTest, ChangesAfterFiveWrongOnes) {
  for (int i = 0; i < SetupCode::kTries; ++i) {
    EXPECT_EQ(code_.code(), "12345670");
    EXPECT_FALSE(code_.is(i % 2 ? "" : "00000000"));
  }
  EXPECT_FALSE(code_.is("12345670"));
  EXPECT_EQ(code_.code(), "12345671");
}

TEST(RandomDigits, AreEight) {
  for (int i = 0; i < 50; ++i) EXPECT_THAT(random_digits(), testing::MatchesRegex("[0-9]{8}"));
  EXPECT_NE(random_digits(), random_digits());
}

}  // namespace
}  // namespace edu::access
