#include "people/cells.h"

#include <gtest/gtest.h>

namespace edu::people {
namespace {

std::string read(std::string_view text) {
  const auto date = parse_loose_date(text);
  return date ? to_string(date->first_day()) : "none";
}

TEST(Cells, BecomeOneLineWithoutBlanksAtTheEnds) {
  EXPECT_EQ(clean_cell("  a\r\n b\t"), "a b");
  EXPECT_EQ(clean_cell("\u3000电话\u00A0"), "电话");
  EXPECT_EQ(clean_cell("\uFEFF王\u200B伟"), "王伟");
}

TEST(Cells, AreComposed) { EXPECT_EQ(clean_cell("e\u0301"), "\u00E9"); }

TEST(Cells, LoseTheApostropheThatGuardsAFormulaAndNoOther) {
  EXPECT_EQ(clean_cell("'=1+1"), "=1+1");
  EXPECT_EQ(clean_cell("'-5"), "-5");
  EXPECT_EQ(clean_cell("'@a"), "@a");
  EXPECT_EQ(clean_cell("'+86"), "+86");
  EXPECT_EQ(clean_cell("''=1"), "''=1");
  EXPECT_EQ(clean_cell("'tis"), "'tis");
  EXPECT_EQ(clean_cell("'"), "'");
}

TEST(Cells, NamesLoseTheBlanksThatFillAFormUp) {
  EXPECT_EQ(clean_name("王\u3000强"), "王强");
  EXPECT_EQ(clean_name("王  强 "), "王强");
  EXPECT_EQ(clean_name("阿依古丽·买买提"), "阿依古丽·买买提");
}

TEST(Cells, NamesOfLatinLettersKeepTheirBlanks) { EXPECT_EQ(clean_name("John  Smith"), "John Smith"); }

TEST(Cells, CleaningTwiceChangesNothing) {
  // The blank between a Hangul syllable and a final consonant goes, and then the two compose.
  for (const char* text : {"가 \u11A8", "'=x", "' =x", "e \u0301", "王 强"})
    EXPECT_EQ(clean_name(clean_name(text)), clean_name(text)) << text;
}

TEST(LooseDates, AreTakenInTheFormsOfRosters) {
  EXPECT_EQ(read("2026-11-22"), "2026-11-22");
  EXPECT_EQ(read("2026/11/22"), "2026-11-22");
  EXPECT_EQ(read("2026.11.22"), "2026-11-22");
  EXPECT_EQ(read("2026年11月22日"), "2026-11-22");
  EXPECT_EQ(read("2026/1/5"), "2026-01-05");
  EXPECT_EQ(read("2026.11"), "2026-11-01");
  EXPECT_EQ(read("2026年11月"), "2026-11-01");
  EXPECT_EQ(read("1990-05"), "1990-05-01");
  EXPECT_EQ(read("1990年5月"), "1990-05-01");
}

TEST(LooseDates, KnowWhetherADayWasGiven) {
  EXPECT_FALSE(parse_loose_date("2026-11")->day);
  EXPECT_TRUE(parse_loose_date("2026-11-01")->day);
}

TEST(LooseDates, RefuseDaysThatDoNotExist) {
  for (const char* text :
       {"2026-02-29", "2026-13", "2026-00", "2026-04-31", "2026-11-00", "1899-12", "2100-01"})
    EXPECT_EQ(read(text), "none") << text;
  EXPECT_EQ(read("2024-02-29"), "2024-02-29");
}

TEST(LooseDates, RefuseAMonthThatASpreadsheetMayHaveCut) { EXPECT_EQ(read("1990.1"), "none"); }

TEST(LooseDates, RefuseOtherText) {
  for (const char* text : {"", "-", "1990", "May-90", "90-05", "19900-5", "2026-011", "2026--05",
                           "2026-11-22-1", "+990-05", "2026-11-22日月", "二〇二六年", "2026年11月月"})
    EXPECT_EQ(read(text), "none") << text;
}

}  // namespace
}  // namespace edu::people
