#include "base/time.h"

#include <gtest/gtest.h>

namespace edu {
namespace {

LocalTime local(const char* text) { return parse_local_time(text).value(); }

TEST(ParseDate, TakesDaysThatExist) {
  EXPECT_EQ(to_string(parse_date("2028-02-29").value()), "2028-02-29");
  for (const auto* bad :
       {"2026-02-29", "2026-13-01", "2026-1-1", "26-01-01", "2026/01/01", "", "2026-01-0x", "1899-01-01"})
    EXPECT_FALSE(parse_date(bad)) << bad;
}

TEST(ParseLocalTime, TakesMinutesAndSeconds) {
  EXPECT_EQ(to_string(local("2026-11-22 19:30")), "2026-11-22T19:30:00");
  for (const auto* bad :
       {"2026-11-22T24:00:00", "2026-11-22T19:60", "2026-11-22", "2026-11-22T19:30:00Z", "2026-11-22x19:30"})
    EXPECT_FALSE(parse_local_time(bad)) << bad;
}

TEST(ClockDuration, CountsHoursOverADay) {
  EXPECT_EQ(clock_duration(milliseconds(45'999)), "00:00:45");
  EXPECT_EQ(clock_duration(std::chrono::hours(30)), "30:00:00");
}

}  // namespace
}  // namespace edu
