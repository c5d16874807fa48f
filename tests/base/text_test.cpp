#include "base/text.h"

#include <gtest/gtest.h>

namespace edu {
namespace {

const std::string kGuoshuGbk = "\xB9\xFB\xCA\xF7";  // 果树 in GB18030

TEST(Text, TellsUtf8) {
  EXPECT_TRUE(is_utf8("果树 𬭎"));
  EXPECT_FALSE(is_utf8(kGuoshuGbk));
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));  // a surrogate
}

TEST(Text, ReadsGb18030WithItsFourByteCharacters) {
  EXPECT_EQ(from_gb18030(kGuoshuGbk), "果树");
  EXPECT_EQ(from_gb18030("\x99\x33\xA9\x32"), "𬭎");
  EXPECT_FALSE(from_gb18030("\xFF\xFF"));
}

TEST(Text, OfUnknownEncodingAlwaysBecomesUtf8) {
  EXPECT_EQ(to_utf8("果"), "果");
  EXPECT_EQ(to_utf8(kGuoshuGbk), "果树");
  EXPECT_TRUE(is_utf8(to_utf8("a\xFF\xFE")));
  EXPECT_EQ(to_utf8("a\xFF"
                    "b\x80"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
}

TEST(Text, OneLineHasNoControlCharacters) {
  EXPECT_EQ(one_line("  a\n\r\tb \x7F c\xC2\x85 "), "a b c");
  EXPECT_EQ(one_line("第一\n课"), "第一 课");
  EXPECT_EQ(one_line("果树 修剪", 7), "果树") << "no blank at the end of what is left";
  EXPECT_EQ(one_line("\xB9\xFB\xCA\xF7\n", 100), "果树") << "of GB18030";
}

TEST(Text, WidthCountsWideCharactersTwice) {
  EXPECT_EQ(display_width("ab"), 2u);
  EXPECT_EQ(display_width("果树a"), 5u);
}

TEST(Text, TruncatesBetweenCharacters) {
  EXPECT_EQ(truncate_utf8("果树", 5), "果");
  EXPECT_EQ(truncate_utf8("果树", 6), "果树");
  EXPECT_EQ(truncate_utf8("果树", 2), "");
}

TEST(Text, NfcComposes) { EXPECT_EQ(nfc("e\xCC\x81"), "é"); }

}  // namespace
}  // namespace edu
