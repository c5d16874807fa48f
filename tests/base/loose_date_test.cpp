#include "base/loose_date.h"

#include <gtest/gtest.h>

namespace edu {
namespace {

std::string read(std::string_view text) {
  const auto date = parse_loose_date(text);
  return date ? to_string(date->first_day()) : "none";
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
  for (const char* text : {"", "-", "1990", "90-05", "19900-5", "2026-011", "2026--05", "2026-11-22-1",
                           "+990-05", "二〇二六年", "2026年11月月"})
    EXPECT_EQ(read(text), "none") << text;
}

TEST(LooseDates, AreTakenAsSpreadsheetsWriteThem) {
  EXPECT_EQ(read("1980/5/12 0:00"), "1980-05-12");
  EXPECT_EQ(read("1980-05-12 00:00:00"), "1980-05-12");
  EXPECT_EQ(read("1980-05-12T00:00:00.000"), "1980-05-12");
  EXPECT_EQ(read("1980-05-12 12:00:00 AM"), "1980-05-12");
  EXPECT_EQ(read("19800512"), "1980-05-12");
  EXPECT_EQ(read("198005"), "1980-05-01");
  EXPECT_EQ(read("1965.3"), "1965-03-01");
  EXPECT_EQ(read("29353"), "1980-05-12");
  EXPECT_EQ(read("29353.5"), "1980-05-12");
  EXPECT_EQ(read("May-80"), "1980-05-01");
  EXPECT_EQ(read("80-May"), "1980-05-01");
  EXPECT_EQ(read("12-May-80"), "1980-05-12");
  EXPECT_EQ(read("May 12, 1980"), "1980-05-12");
  EXPECT_EQ(read("5/13/1980"), "1980-05-13");
  EXPECT_EQ(read("13.5.1980"), "1980-05-13");
  EXPECT_EQ(read("5/12/1980"), "none");
}

TEST(LooseDates, AreTakenAsPeopleTypeThem) {
  EXPECT_EQ(read("１９８０－０５"), "1980-05-01");
  EXPECT_EQ(read("1980 年 5 月"), "1980-05-01");
  EXPECT_EQ(read("1980. 5. 12"), "1980-05-12");
  EXPECT_EQ(read("1980—05"), "1980-05-01");
  EXPECT_EQ(read("1980年5月12日 星期一"), "1980-05-12");
  EXPECT_EQ(read("1980年5月生"), "1980-05-01");
  EXPECT_EQ(read("一九八〇年十二月二十三日"), "1980-12-23");
  EXPECT_EQ(read("2026年11月22号"), "2026-11-22");
}

TEST(TypedTimes, AreTakenWithWideSignsAndShortHours) {
  const auto time = [](std::string_view text) {
    const auto local = typed_local_time(text);
    return local ? to_string(*local) : "none";
  };
  EXPECT_EQ(time("2026-11-22T19:30"), "2026-11-22T19:30:00");
  EXPECT_EQ(time("2026-11-22 9:30"), "2026-11-22T09:30:00");
  EXPECT_EQ(time("２０２６－１１－２２　１９：３０"), "2026-11-22T19:30:00");
  EXPECT_EQ(time("2026年11月22日19：30"), "2026-11-22T19:30:00");
  EXPECT_EQ(time("2026年11月22日 19时30分"), "2026-11-22T19:30:00");
  EXPECT_EQ(time("2026/11/22 下午7点半"), "2026-11-22T19:30:00");
  EXPECT_EQ(time("2026-11-22 晚上8点"), "2026-11-22T20:00:00");
  EXPECT_EQ(time("2026-11-22 7:30 pm"), "2026-11-22T19:30:00");
  for (const char* text :
       {"2026-11-22", "2026-11 9:30", "9:30", "2026-11-22 25:00", "2026-11-22 9:30 9:30", "20260 9:30"})
    EXPECT_EQ(time(text), "none") << text;
}

TEST(TypedTimes, ADayNeedsItsDayAndAMonthHasNone) {
  EXPECT_EQ(to_string(typed_date("2026年11月2日").value()), "2026-11-02");
  EXPECT_FALSE(typed_date("2026-11"));
  EXPECT_FALSE(typed_date("29353"));
  EXPECT_EQ(typed_month("2026年11月"), "2026-11");
  EXPECT_EQ(typed_month("2026.9"), "2026-09");
  EXPECT_FALSE(typed_month("2026-11-02"));
  EXPECT_FALSE(typed_month("2026-13"));
}

}  // namespace
}  // namespace edu
