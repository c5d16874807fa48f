#include "base/base64.h"

#include <gtest/gtest.h>

namespace edu {
namespace {

std::vector<std::uint8_t> bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

TEST(Base64, GoesThereAndBack) {  // RFC 4648 10
  const std::pair<const char*, const char*> pairs[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : pairs) {
    EXPECT_EQ(to_base64(std::string_view(plain)), coded);
    EXPECT_EQ(to_base64(bytes_of(plain)), coded);
    EXPECT_EQ(from_base64(coded, 6), bytes_of(plain));
  }
}

TEST(Base64, TakesBackWhatItGives) {
  for (std::size_t length = 0; length < 70; ++length) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < length; ++i) bytes.push_back(static_cast<std::uint8_t>(i * 37 + length));
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  }
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const char* text : {"Z",     "Zg",      "Zg=",      "Zg===",        "=Zg=",     "Z=g=",    "====",
                           "Zm9\n", " Zg==",   "Zg= ",     "Zm9-",         "Zm9",      "Zm9v\n",  " Zm9v",
                           "$$$$",  "Zm8\xff", "Zm9=v===", "Zm9v\n\n\n\n", "Zm9vYmF=", "Zg==Zg=="})
    EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Base64, RefusesMoreThanTheMost) {
  EXPECT_TRUE(from_base64("Zm9vZm8=", 5));
  EXPECT_FALSE(from_base64("Zm9vZm8=", 4));
}

}  // namespace
}  // namespace edu
