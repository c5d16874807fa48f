#include "people/workbook/grid.h"

#include <gmock/gmock.h>

namespace edu::workbook {
namespace {

using testing::ElementsAre;

TEST(Grid, RowsAreInOrderAndEndWithTheirLastCell) {
  Grid grid;
  grid.put(4, 2, "c");
  grid.put(4, 0, "a");
  grid.put(1, 0, "x");
  grid.put(2, 0, "");
  const auto rows = grid.rows();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].number, 2u);
  EXPECT_THAT(rows[1].cells, ElementsAre("a", "", "c"));
}

TEST(Grid, WhatIsMergedDownwardsStandsInEachRow) {
  Grid grid;
  grid.put(0, 1, "group");
  for (const std::size_t row : {0, 1, 2}) grid.put(row, 0, "a");
  grid.fill_down(0, 1, 1);
  EXPECT_THAT(grid.rows().at(1).cells, ElementsAre("a", "group"));
  EXPECT_THAT(grid.rows().at(2).cells, ElementsAre("a"));
}

TEST(Grid, KeepsToItsBounds) {
  Grid grid;
  grid.put(0, kMostColumns, "x");
  grid.put(1u << 30, 0, "x");
  EXPECT_TRUE(grid.rows().empty());
  for (std::size_t row = 0; row < kMostRows + 10; ++row) grid.put(row, 0, "x");
  EXPECT_EQ(grid.rows().size(), kMostRows);
  Grid one;
  one.put(0, 0, std::string(10'000, 'x'));
  EXPECT_EQ(one.rows().at(0).cells.at(0).size(), kLongestCellText);
}

TEST(Numbers, AreAsARosterHasThem) {
  EXPECT_EQ(number_text(13900001000, ""), "13900001000");
  EXPECT_EQ(number_text(1, "000"), "001");
  EXPECT_EQ(number_text(1980.5, ""), "1980.5");
  EXPECT_EQ(number_text(1980.1, "0.00"), "1980.10");
  EXPECT_EQ(number_text(440981195803010123.0, "0"), "4.40981195803010E+17");
  EXPECT_EQ(number_text(1.0 / 0.0, ""), "");
}

TEST(Dates, AreCountedFromEitherDay) {
  EXPECT_EQ(date_text(29353, false), "1980-05-12");
  EXPECT_EQ(date_text(27891, true), "1980-05-12");
  EXPECT_EQ(date_text(29353.5, false), "1980-05-12 12:00:00");
  EXPECT_EQ(date_text(-1, false), "");
  EXPECT_EQ(date_text(1e300, false), "");
}

TEST(Dates, HaveFormatsOfTheirOwn) {
  for (const char* format : {"yyyy-mm-dd", "yyyy\"年\"m\"月\"", "[$-804]yyyy/m/d;@", "m/d", "mmm\\-yy"})
    EXPECT_TRUE(is_date_format(format)) << format;
  for (const char* format : {"", "General", "000", "0.00", "@", "[Red]0", "\"day\"0", "mm:ss", "#,##0"})
    EXPECT_FALSE(is_date_format(format)) << format;
}

}  // namespace
}  // namespace edu::workbook
