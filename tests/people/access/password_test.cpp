#include "people/access/password.h"

#include <gmock/gmock.h>

namespace edu::access {
namespace {

std::string refusal(std::string_view typed, std::string_view name = "李敏") {
  const auto password = new_password(typed, name);
  return password ? "" : password.error().code;
}

TEST(Password, WantsTenCharactersAndNoRules) {
  EXPECT_EQ(refusal("短短短短短短短短短"), "access.password_short");
  EXPECT_EQ(refusal("卖炭翁伐薪烧炭南山中"), "");
  EXPECT_EQ(refusal("rice pump ledger snow"), "");
  EXPECT_EQ(refusal(std::string(kLongest + 1, 'x')), "access.password_long");
  EXPECT_EQ(refusal("ten letters\n"), "access.password_text");
  EXPECT_EQ(refusal("\xFF\xFE not utf-8 at all"), "access.password_text");
}

TEST(Password, RefusesWhatIsGuessedFirst) {
  for (const auto* common : {"1234567890", "password123", "qwertyuiop", "aaaaaaaaaaaa", "1q2w3e4r5t",
                             "13812345678", "basketball1", "edustation1", "woaini1314520", "5201314520"})
    EXPECT_EQ(refusal(common), "access.password_common") << common;
  EXPECT_EQ(refusal("wangxiaoming1", "wangxiaoming"), "access.password_common") << "the account's own name";
}

TEST(Password, IsKeptAsAHashThatSaysHow) {
  const auto kept = hash("rice pump ledger snow");
  EXPECT_THAT(kept, testing::StartsWith("$argon2id$v=19$m=32768,t=3,p=1$"));
  EXPECT_NE(hash("rice pump ledger snow"), kept) << "each has its own salt";
  EXPECT_TRUE(matches(kept, "rice pump ledger snow"));
  EXPECT_FALSE(matches(kept, "rice pump ledger snoW"));
  EXPECT_FALSE(matches(kept, ""));
  EXPECT_FALSE(matches("", "rice pump ledger snow")) << "no password was set";
  EXPECT_FALSE(matches("no hash", "no hash"));
}

TEST(Password, IsTheSameHoweverAKeyboardComposesIt) {
  EXPECT_TRUE(matches(hash(*new_password("caf\u0065\u0301 du village", "x")), "caf\u00E9 du village"));
}

}  // namespace
}  // namespace edu::access
