#include "people/cells.h"

#include <gtest/gtest.h>

namespace edu::people {
namespace {

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

TEST(Cells, LoseWhatKeepsTheirZeros) {
  EXPECT_EQ(clean_number("=\"092\""), "092");
  EXPECT_EQ(clean_number("'007"), "007");
  EXPECT_EQ(clean_cell("=\"a\"\"b\""), "a\"b");
  EXPECT_EQ(clean_cell("=1+1"), "=1+1");
  EXPECT_EQ(clean_number("\t001"), "001");
}

TEST(Cells, CleaningTwiceChangesNothing) {
  // The blank between a Hangul syllable and a final consonant goes, and then the two compose.
  for (const char* text : {"가 \u11A8", "'=x", "' =x", "e \u0301", "王 强"})
    EXPECT_EQ(clean_name(clean_name(text)), clean_name(text)) << text;
  for (const char* text : {"'=\"1\"", "=\"=\"\"1\"\"\"", "=\"'5\"", "'' 5"})
    EXPECT_EQ(clean_number(clean_number(text)), clean_number(text)) << text;
}

}  // namespace
}  // namespace edu::people
