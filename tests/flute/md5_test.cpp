#include "flute/md5.h"

#include <gtest/gtest.h>

namespace edu::flute {
namespace {

std::vector<std::uint8_t> bytes(std::string_view text) { return {text.begin(), text.end()}; }

TEST(Md5, GivesTheDigestsOfRfc1321) {
  EXPECT_EQ(to_base64(Md5().finish()), "1B2M2Y8AsgTpgAmY7PhCfg==");
  EXPECT_EQ(to_base64(Md5().update(bytes("a")).update(bytes("bc")).finish()), "kAFQmDzST7DWlj99KOF/cg==");
}

TEST(Base64, GoesThereAndBack) {  // RFC 4648 10
  const std::pair<const char*, const char*> pairs[] = {
      {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : pairs) {
    EXPECT_EQ(to_base64(bytes(plain)), coded);
    EXPECT_EQ(from_base64(coded, 6), bytes(plain));
  }
  EXPECT_EQ(to_base64({}), "");
}

TEST(Base64, RefusesWhatIsNone) {
  for (const auto* wrong : {"", "Z", "Zg", "Zg=", "Zg===", "=Zg=", "Z=g=", "====", "Zm9\n",
                            " Zg==", "Zg= ", "Zm9-", "Zm9v\n\n\n\n", "Zm8\xff", "Zm9vZm9v"})
    EXPECT_FALSE(from_base64(wrong, 5)) << wrong;
  EXPECT_TRUE(from_base64("Zm9vZm8=", 5));
  EXPECT_FALSE(from_base64("Zm9vZm8=", 4));
}

}  // namespace
}  // namespace edu::flute
