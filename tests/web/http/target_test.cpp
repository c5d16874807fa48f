#include "web/http/target.h"

#include <gtest/gtest.h>

namespace edu::web {
namespace {

TEST(Target, DecodesPathAndQuery) {
  const auto target = parse_target("/api/v1/library?text=%E6%9E%9C%E6%A0%91+a%2Bb&flag&empty=&text2=%26");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/api/v1/library");
  EXPECT_EQ(target->query.at("text"), "果树 a+b");
  EXPECT_EQ(target->query.at("flag"), "");
  EXPECT_EQ(target->query.at("empty"), "");
  EXPECT_EQ(target->query.at("text2"), "&");
}

TEST(Target, TakesTheLastOfARepeatedName) { EXPECT_EQ(parse_target("/?a=1&a=2")->query.at("a"), "2"); }

TEST(Target, KeepsAPlusOfThePath) { EXPECT_EQ(parse_target("/a+b")->path, "/a+b"); }

TEST(Target, TakesUtf8ThatIsNotEscaped) { EXPECT_EQ(parse_target("/果树")->path, "/果树"); }

TEST(Target, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(parse_target("/%FF%FE").error().code, "web.target");
  EXPECT_EQ(parse_target("/\xC3(").error().code, "web.target");
  EXPECT_EQ(parse_target("/?text=%C0%AF").error().code, "web.target");
}

TEST(Target, RefusesBrokenEscapesControlCharactersAndOtherForms) {
  for (const auto* raw :
       {"/%", "/%4", "/%zz", "/%00", "/a%0Ab", "/?a=%0D", "*", "", "http://elsewhere/", "?a=1"})
    EXPECT_FALSE(parse_target(raw)) << raw;
}

TEST(Target, EncodesSoThatDecodingGivesItBack) {
  const std::string text = "果 树/1?&=%+~";
  EXPECT_EQ(percent_encode("a b/果"), "a%20b%2F%E6%9E%9C");
  EXPECT_EQ(parse_target("/?x=" + percent_encode(text))->query.at("x"), text);
  EXPECT_EQ(parse_target("/" + percent_encode(text))->path, "/" + text);
}

}  // namespace
}  // namespace edu::web
