#include "base/typed.h"

#include <gmock/gmock.h>

namespace edu {
namespace {

using testing::ElementsAre;

TEST(Typed, WideSignsArePlainOnes) {
  EXPECT_EQ(folded("０２１，ＡＢＣ　：x"), "021,ABC :x");
  EXPECT_EQ(folded_number("１３９ ００００－１０００"), "1390000-1000");
  EXPECT_EQ(folded_number("0512—6688"), "0512-6688");
}

TEST(Typed, WhatCannotBeSeenGoes) {
  EXPECT_EQ(folded("\u200E0\u200B01\uFEFF\u2060"), "001");
  EXPECT_EQ(folded_name("葛\U000E0100"), "葛");
}

TEST(Typed, RadicalsOfPdfFilesAreCharacters) { EXPECT_EQ(folded_name("\u2F00\u2F08"), "一人"); }

TEST(Typed, NamesHaveOneDot) {
  for (const char* name :
       {"阿卜杜拉·买买提", "阿卜杜拉•买买提", "阿卜杜拉・买买提", "阿卜杜拉‧买买提", "阿卜杜拉･买买提",
        "阿卜杜拉．买买提", "阿卜杜拉.买买提", "阿卜杜拉 · 买买提", "阿卜杜拉●买买提"})
    EXPECT_EQ(folded_name(name), "阿卜杜拉·买买提") << name;
  EXPECT_EQ(folded_name("J. Smith"), "J. Smith");
}

TEST(Typed, BlanksBetweenCharactersGo) {
  EXPECT_EQ(folded_name("王　强"), "王强");
  EXPECT_EQ(folded_name("第一\n党支部"), "第一党支部");
  EXPECT_EQ(folded_name("John  Smith"), "John Smith");
}

TEST(Typed, FoldingTwiceChangesNothing) {
  for (const char* text : {"가 \u11A8", "a\u00A8", "王 · 强", "\u00B4x", "ﷺ", "e \u0301"}) {
    EXPECT_EQ(folded(folded(text)), folded(text)) << text;
    EXPECT_EQ(folded_name(folded_name(text)), folded_name(text)) << text;
    EXPECT_EQ(folded_number(folded_number(text)), folded_number(text)) << text;
  }
}

TEST(Typed, KeysAreOfWhatIsMeant) {
  EXPECT_EQ(number_key("００１"), number_key("1"));
  EXPECT_EQ(number_key("000"), "0");
  EXPECT_EQ(number_key("a-7"), number_key("A—7"));
  EXPECT_EQ(name_key("John Smith"), name_key("johnsmith"));
  EXPECT_EQ(number_key(""), "");
}

TEST(Typed, ListsHaveManySeparators) {
  EXPECT_THAT(typed_list("1，2、3;4；5,  ,6"), ElementsAre("1", "2", "3", "4", "5", "6"));
  EXPECT_TRUE(typed_list("").empty());
}

TEST(Typed, HoursOfADay) {
  EXPECT_EQ(typed_hours("22：00－6:00"), "22:00-06:00");
  EXPECT_EQ(typed_hours("22点至6点"), "22:00-06:00");
  EXPECT_EQ(typed_hours("22:00~06:30"), "22:00-06:30");
  EXPECT_EQ(typed_hours("always"), "always");
  EXPECT_EQ(typed_hours("25:00-06:00"), "25:00-06:00");
}

TEST(Typed, TheNearestIsASlipAwayAndNumeralsAreNoSlips) {
  const std::vector<std::string> groups{"第一党支部", "青年学习小组"};
  EXPECT_EQ(nearest("第一党支书", groups), "第一党支部");
  EXPECT_EQ(nearest("第一支部", groups), "第一党支部");
  EXPECT_EQ(nearest("青年小组", groups), "青年学习小组");
  EXPECT_EQ(nearest("第二党支部", groups), "");
  EXPECT_EQ(nearest("老年大学", groups), "");
}

}  // namespace
}  // namespace edu
