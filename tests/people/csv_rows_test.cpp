#include "people/csv_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace edu::people {
namespace {

using testing::ElementsAre;

std::vector<FileRow> rows_of(std::string_view text) {
  std::vector<FileRow> rows;
  each_csv_row(text, ',', [&](const FileRow& row) {
    rows.push_back(row);
    return true;
  });
  return rows;
}

TEST(CsvRows, EndWithAnyLineEnd) {
  for (const char* text : {"a,b\nc,d\n", "a,b\r\nc,d\r\n", "a,b\rc,d\r", "a,b\nc,d"}) {
    const auto rows = rows_of(text);
    ASSERT_EQ(rows.size(), 2u) << text;
    EXPECT_THAT(rows[0].cells, ElementsAre("a", "b"));
    EXPECT_THAT(rows[1].cells, ElementsAre("c", "d"));
    EXPECT_EQ(rows[0].line, 1u);
    EXPECT_EQ(rows[1].line, 2u);
  }
}

TEST(CsvRows, KeepLineEndsAndCommasAndQuotesInsideQuotes) {
  const auto rows = rows_of("\"a\r\nb\",\"c,d\",\"e\"\"f\"\ng,h,i\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_THAT(rows[0].cells, ElementsAre("a\r\nb", "c,d", "e\"f"));
  EXPECT_EQ(rows[0].line, 1u);
  EXPECT_EQ(rows[1].line, 3u);
}

TEST(CsvRows, CountEmptyLines) {
  const auto rows = rows_of("\n\r\n  \na\n\nb\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].line, 4u);
  EXPECT_EQ(rows[1].line, 6u);
}

TEST(CsvRows, AreBrokenByAMarkInTheMiddleAndGoOnWithTheNextLine) {
  const auto rows = rows_of("a,b\nc\"x,d\n\"e\"y,f\ng,h\n");
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_FALSE(rows[0].broken);
  EXPECT_TRUE(rows[1].broken);
  EXPECT_TRUE(rows[2].broken);
  EXPECT_EQ(rows[2].line, 3u);
  EXPECT_THAT(rows[3].cells, ElementsAre("g", "h"));
  EXPECT_FALSE(rows[3].broken);
}

TEST(CsvRows, AnUnclosedMarkIsReportedWhereItsRowBegins) {
  const auto rows = rows_of("a,b\nc,\"d\ne,f\ng,h\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_TRUE(rows[1].broken);
  EXPECT_EQ(rows[1].line, 2u);
}

TEST(CsvRows, CountMoreCellsThanTheyKeep) {
  const auto rows = rows_of(std::string(100'000, ',') + "\n");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].fields, 100'001u);
  EXPECT_EQ(rows[0].cells.size(), kMostCells);
}

TEST(CsvRows, StopWhenTheTakerHasEnough) {
  int taken = 0;
  each_csv_row("a\nb\nc\n", ',', [&](const FileRow&) { return ++taken < 2; });
  EXPECT_EQ(taken, 2);
}

TEST(CsvRows, LoseTheEqualsSignBeforeAQuotedCell) {
  EXPECT_THAT(rows_of("=\"092\",a\n").at(0).cells, ElementsAre("092", "a"));
  EXPECT_THAT(rows_of("a, =\"0\"\n").at(0).cells, ElementsAre("a", "0"));
  EXPECT_THAT(rows_of("=1+1,\"x,=\"\"y\"\n").at(0).cells, ElementsAre("=1+1", "x,=\"y"));
}

TEST(CsvRows, MayBeDividedByOtherSigns) {
  std::vector<FileRow> rows;
  each_csv_row("a;\"b;c\"\n", ';', [&](const FileRow& row) { return rows.push_back(row), true; });
  EXPECT_THAT(rows.at(0).cells, ElementsAre("a", "b;c"));
}

TEST(CsvRows, NoTextHasNone) { EXPECT_TRUE(rows_of("").empty()); }

}  // namespace
}  // namespace edu::people
