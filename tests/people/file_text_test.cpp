#include "people/file_text.h"

#include <gtest/gtest.h>

namespace edu::people {
namespace {

constexpr std::string_view kName = "\xD0\xD5\xC3\xFB";      // 姓名 in GB18030
constexpr std::string_view kMember = "\xB5\xB3\xD4\xB1";    // 党员
constexpr std::string_view kLianTong = "\xC1\xAA\xCD\xA8";  // 联通

TEST(FileText, TakesUtf8WithAndWithoutMark) {
  EXPECT_EQ(decode("姓名\n").value().text, "姓名\n");
  EXPECT_EQ(decode("\xEF\xBB\xBF姓名\n").value().text, "姓名\n");
  EXPECT_EQ(decode("").value().text, "");
}

TEST(FileText, TakesGb18030) {
  EXPECT_EQ(decode(std::string(kName) + "\n" + std::string(kMember)).value().text, "姓名\n党员");
  EXPECT_EQ(decode(std::string(kLianTong) + "\n" + std::string(kMember)).value().text, "联通\n党员");
}

TEST(FileText, TakesGb18030OfFourBytes) {
  EXPECT_EQ(decode(std::string(kName) + "\x82\x30\xB7\x31\x99\x33\xA9\x32").value().text, "姓名㛃𬭎");
}

TEST(FileText, NamesTheLineOfGb18030InUtf8) {
  const auto outcome = decode("姓名\r\nplain\r\n" + std::string(kMember) + "\r\n");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().line, 3u);
  EXPECT_STREQ(outcome.error().encoding, "UTF-8");
}

TEST(FileText, NamesTheLineOfUtf8InGb18030) {
  // 张三 in UTF-8 has bytes that make (wrong) characters of GB18030 as well.
  const auto outcome = decode(std::string(kName) + "\nplain\n" + std::string(kMember) + "\n张三\n");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().line, 4u);
  EXPECT_STREQ(outcome.error().encoding, "GB18030");
}

TEST(FileText, NamesTheLineThatIsNeither) {
  const auto outcome = decode(std::string(kName) + "\n\xFF\xFF\n");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().line, 2u);
}

TEST(FileText, AMarkedFileIsUtf8) {
  const auto outcome = decode("\xEF\xBB\xBF" + std::string(kName));
  ASSERT_FALSE(outcome);
  EXPECT_STREQ(outcome.error().encoding, "UTF-8");
}

TEST(FileText, TakesUtf16OfBothOrders) {
  using namespace std::string_view_literals;
  for (const auto bytes : {"\xFF\xFE\xD3\x59\x31\x00"sv, "\xFE\xFF\x59\xD3\x00\x31"sv, "\xD3\x59\x31\x00"sv,
                           "\x59\xD3\x00\x31"sv}) {
    EXPECT_EQ(decode(bytes).value().text, "姓1");
    EXPECT_STREQ(decode(bytes).value().encoding, "UTF-16");
  }
  EXPECT_EQ(decode("\xFF\xFE\x71\xD8\xCE\xDF"sv).value().text, "𬟎");
}

TEST(FileText, NamesTheLineOfHalfACharacterOfUtf16) {
  using namespace std::string_view_literals;
  EXPECT_EQ(decode("\xFF\xFE\x0A\x00\x71\xD8"sv).error().line, 2u);
  EXPECT_EQ(decode("\xFF\xFE\x31"sv).error().line, 1u);
}

TEST(FileText, LinesEndWithLfOrCrlfOrCr) {
  std::string_view rest = "a\nb\r\nc\rd";
  EXPECT_EQ(take_line(rest), "a\n");
  EXPECT_EQ(take_line(rest), "b\r\n");
  EXPECT_EQ(take_line(rest), "c\r");
  EXPECT_EQ(take_line(rest), "d");
  EXPECT_TRUE(rest.empty());
}

}  // namespace
}  // namespace edu::people
