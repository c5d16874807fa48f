#include "receiver/volumes/disc_contents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace edu::receiver {
namespace {

TEST(DiscContents, ComesBackAsItWasWritten) {
  const DiscContents contents{"果树", {{1, 12'000, 2048}, {4, 0, 4096}}, 1, 2, 3};
  EXPECT_EQ(parse_contents(to_line(contents)), contents);
  EXPECT_EQ(parse_progress(to_line(DiscProgress{7, false}))->done, 7);
  EXPECT_TRUE(parse_progress(to_line(DiscProgress{7, true}))->last);
}

TEST(DiscContents, ARefusalComesBackWithItsArguments) {
  const Refusal refusal{"receiver.disc_unreadable", {{"where", "17"}}, {}};
  EXPECT_EQ(parse_contents(to_line(refusal)).error(), refusal);
  EXPECT_EQ(parse_progress(to_line(refusal)).error(), refusal);
}

TEST(DiscContents, WhatIsNotOfThisFormIsGarbage) {
  const auto whole = to_line(DiscContents{"x", {{1, 1, 1}}, 0, 0, 0});
  const auto with = [&](const std::string& from, const std::string& to) {
    auto line = whole;
    return line.replace(line.find(from), from.size(), to);
  };
  EXPECT_TRUE(parse_contents(whole));
  for (const auto& line :
       {std::string(), std::string("[]"), std::string("{}"), whole.substr(1),
        with("\"brief\":0", "\"brief\":100"), with("\"brief\":0", "\"brief\":-1"),
        with("\"title\":1", "\"title\":0"), with("\"title\":1", "\"title\":100"),
        with("\"bytes\":1", "\"bytes\":0"), with("\"bytes\":1", "\"bytes\":9223372036854775807"),
        with("\"duration_ms\":1", "\"duration_ms\":99999999999"), std::string(R"({"refused":"made_up"})"),
        std::string(kLongestDiscLine + 1, ' ')})
    EXPECT_EQ(parse_contents(line).error().code, "receiver.disc_garbage") << line.substr(0, 80);
  EXPECT_EQ(parse_progress(R"({"done":-1})").error().code, "receiver.disc_garbage");
  EXPECT_EQ(parse_progress(R"({"done":"x"})").error().code, "receiver.disc_garbage");
}

TEST(DiscContents, TitlesThatAreNotInOrderAreGarbage) {
  EXPECT_FALSE(parse_contents(to_line(DiscContents{"", {{2, 1, 1}, {2, 1, 1}}, 0, 0, 0})));
  EXPECT_FALSE(parse_contents(to_line(DiscContents{"", {{2, 1, 1}, {1, 1, 1}}, 0, 0, 0})));
}

}  // namespace
}  // namespace edu::receiver
