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
  const std::pair<const char*, const char*> cases[] = {
      {"/etc/passwd", "passwd"},       {"//host/share/x", "x"}, {"C:/x.mp4", "x.mp4"},
      {"c:x.mp4", "c_x.mp4"},          {"../x.mp4", "x.mp4"},   {"a/../x.mp4", "x.mp4"},
      {"%2e%2e/x.mp4", "x.mp4"},       {"..%2fx.mp4", "x.mp4"}, {"a%2fb.mp4", "b.mp4"},
      {"a\\b.mp4", "b.mp4"},           {"a%5cb.mp4", "b.mp4"},  {"\\\\host\\x", "x"},
      {"file:///a/../x.mp4", "x.mp4"}, {"dir/", "dir"},         {"C:\\films\\a.wav", "a.wav"}};
  for (const auto& [location, name] : cases) EXPECT_EQ(safe_name(location), name) << location;
  for (const auto* nothing : {"a/..", "..", ".", "", "http://host", "http://host/", "?x", "#x", "...", "/"})
    EXPECT_FALSE(safe_name(nothing)) << nothing;
}

TEST(SafeName, HasNoTraps) {
  const std::pair<const char*, const char*> cases[] = {
      {"a\nb.mp4", "ab.mp4"},   {"a%00b.mp4", "ab.mp4"},       {"a\x7f.mp4", "a.mp4"},
      {"a%C2%85.mp4", "a.mp4"}, {"\u202egnp.exe", "gnp.exe"},  {"a%E2%80%AEb", "ab"},
      {"a\u2066b", "ab"},       {"\ufeffa.mp4", "a.mp4"},      {"name.", "name"},
      {"name ", "name"},        {"a/name%20", "name"},         {" name", "name"},
      {"a:b.wav", "a_b.wav"},   {"课件:一.mp4", "课件_一.mp4"}};
  for (const auto& [location, name] : cases) EXPECT_EQ(safe_name(location), name) << location;
}

TEST(SafeName, IsNoDevice) {
  for (const std::string device :
       {"CON", "con.mp4", "NUL.tar.gz", "aux", "COM1", "com9.txt", "LPT0.x", "conin$"})
    EXPECT_EQ(safe_name(device), "_" + device);
  for (const auto* right : {"console.mp4", "com.mp4", "com10.mp4", "lptx.mp4", "nullify"})
    EXPECT_EQ(safe_name(right), right);
}

TEST(SafeName, IsReadOutOfGb18030) {
  EXPECT_EQ(safe_name("%BF%CE%BC%FE.mp4"), "课件.mp4");
  EXPECT_EQ(safe_name("a/\xBF\xCE.mp4"), "课.mp4");
}

TEST(SafeName, KeepsAHashThatIsNoFragment) {
  EXPECT_EQ(safe_name("课件#1.mp4"), "课件#1.mp4");
  EXPECT_EQ(safe_name("课件.mp4#1"), "课件.mp4");
}

TEST(SafeName, HasABound) {
  EXPECT_EQ(safe_name(std::string(255, 'a')), std::string(255, 'a'));
  EXPECT_EQ(safe_name(std::string(300, 'a') + ".mp4"), std::string(251, 'a') + ".mp4");
}

TEST(ShownLocation, IsDecodedAndOneLine) {
  EXPECT_EQ(shown_location("/srv/%E6%9E%9C%0A1.mp4"), "/srv/果 1.mp4");
  EXPECT_EQ(shown_location("%BF%CE.mp4"), "课.mp4");
}

}  // namespace
}  // namespace edu::flute
