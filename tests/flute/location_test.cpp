#include <gtest/gtest.h>

#include "flute/fdt.h"

namespace edu::flute {
namespace {

TEST(SafeName, IsTheLastSegment) {
  EXPECT_EQ(safe_name("lesson.mp4"), "lesson.mp4");
  EXPECT_EQ(safe_name("2026/11/lesson.mp4"), "lesson.mp4");
  EXPECT_EQ(safe_name("http://edu.example/2026/lesson.mp4?session=9#t=10"), "lesson.mp4");
  EXPECT_EQ(safe_name("file:///lesson.mp4"), "lesson.mp4");
  EXPECT_EQ(safe_name("urn:lesson.mp4"), "lesson.mp4");
  EXPECT_EQ(safe_name("./lesson.mp4"), "lesson.mp4");
}

TEST(SafeName, IsDecodedAndNormal) {
  EXPECT_EQ(safe_name("%E6%9E%9C%E6%A0%91%20%231.mp4"), "果树 #1.mp4");
  EXPECT_EQ(safe_name("果树冬季修剪技术.mp4"), "果树冬季修剪技术.mp4");
  EXPECT_EQ(safe_name("100%.mp4"), "100%.mp4");
  EXPECT_EQ(safe_name("e\u0301.mp4"), "\u00e9.mp4");
}

TEST(SafeName, NeverLeavesItsFolder) {
  for (const auto* wrong : {"/etc/passwd",
                            "//host/share/x",
                            "C:/x.mp4",
                            "c:x.mp4",
                            "../x.mp4",
                            "a/../x.mp4",
                            "a/..",
                            "%2e%2e/x.mp4",
                            "a/%2E./x.mp4",
                            "..%2fx.mp4",
                            "a%2fb.mp4",
                            "a\\b.mp4",
                            "a%5cb.mp4",
                            "\\\\host\\x",
                            "..",
                            ".",
                            "",
                            "http://host",
                            "http://host/",
                            "dir/",
                            "?x",
                            "#x",
                            "file:///a/../x.mp4"})
    EXPECT_FALSE(safe_name(wrong)) << wrong;
}

TEST(SafeName, HasNoTraps) {
  for (const auto* wrong : {"a\nb.mp4", "a%00b.mp4", "a%0ab.mp4", "a\x7f.mp4", "a%C2%85.mp4", "\u202egnp.exe",
                            "a%E2%80%AEb", "a\u2066b", "a\u200b.mp4", "\ufeffa.mp4", "a\u2028b", "a%ff.mp4",
                            "a\xc0\xaf.mp4", "name.", "name ", "a/name%20"})
    EXPECT_FALSE(safe_name(wrong)) << wrong;
}

TEST(SafeName, IsNoDevice) {
  for (const auto* wrong :
       {"CON", "con.mp4", "NUL.tar.gz", "aux", "COM1", "com9.txt", "LPT0.x", "a/nul:x", "conin$"})
    EXPECT_FALSE(safe_name(wrong)) << wrong;
  for (const auto* right : {"console.mp4", "com.mp4", "com10.mp4", "lptx.mp4", "nullify"})
    EXPECT_EQ(safe_name(right), right);
}

TEST(SafeName, HasABound) {
  EXPECT_TRUE(safe_name(std::string(255, 'a')));
  EXPECT_FALSE(safe_name(std::string(256, 'a')));
}

}  // namespace
}  // namespace edu::flute
