#include "base/json.h"

#include <gtest/gtest.h>

namespace edu {
namespace {

std::string canonical_of(const char* text) { return canonical(parse_json(text).value()); }

TEST(CanonicalJson, SortsMembersByBytesAndDropsBlanks) {
  EXPECT_EQ(canonical_of(R"( {"b": 1, "a": [2, "x"], "B": {}} )"), R"({"B":{},"a":[2,"x"],"b":1})");
}

TEST(CanonicalJson, WritesTextInNfcWithTheEscapesItMustHave) {
  EXPECT_EQ(canonical_of(R"({"a":"e\u0301 \"\\\n\u0001\u4e2d"})"), "{\"a\":\"é \\\"\\\\\\n\\u0001中\"}");
}

TEST(CanonicalJson, HoldsIntegersToTheirLimits) {
  EXPECT_EQ(canonical_of("[-9223372036854775808,9223372036854775807,18446744073709551615]"),
            "[-9223372036854775808,9223372036854775807,18446744073709551615]");
}

TEST(CanonicalJson, RefusesWhatAnEventMustNotHold) {
  EXPECT_THROW(canonical_of("[1.5]"), std::logic_error);
  EXPECT_THROW(canonical_of("[true]"), std::logic_error);
  EXPECT_THROW(canonical_of("[null]"), std::logic_error);
  EXPECT_THROW(canonical(json::value("\xFF")), std::logic_error);
}

TEST(CanonicalJson, IsTheSameForTheSameValueInAnyOrder) {
  EXPECT_EQ(canonical_of(R"({"x":1,"y":{"b":2,"a":1}})"), canonical_of(R"({"y":{"a":1,"b":2},"x":1})"));
}

TEST(ParseJson, NamesThePlaceOfTheFault) {
  const auto bad = parse_json(R"({"a": 1,, })");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, "json");
  EXPECT_EQ(bad.error().args.at("where"), "8");
  EXPECT_FALSE(parse_json("{} x"));
  EXPECT_FALSE(parse_json("{\"a\":1"));
  EXPECT_FALSE(parse_json(""));
}

TEST(ParseJson, RefusesDeepNesting) {
  EXPECT_TRUE(parse_json(std::string(20, '[') + std::string(20, ']')));
  EXPECT_FALSE(parse_json(std::string(10'000, '[') + std::string(10'000, ']')));
}

TEST(JsonMembers, FallBackWhereTheyLackOrAreOfAnotherType) {
  const auto value = parse_json(R"({"n":3,"s":"x","a":[1]})").value();
  const auto& object = value.get_object();
  EXPECT_EQ(get_int(object, "n"), 3);
  EXPECT_EQ(get_int(object, "s", 9), 9);
  EXPECT_EQ(get_string(object, "s"), "x");
  EXPECT_EQ(get_string(object, "n", "none"), "none");
  EXPECT_EQ(get_array(object, "a").size(), 1u);
  EXPECT_TRUE(get_object(object, "a").empty());
}

}  // namespace
}  // namespace edu
