#include "calendar/day_window.h"

#include <gtest/gtest.h>

namespace edu {
namespace {

LocalTime at(const char* text) { return *parse_local_time(text); }

TEST(DayWindow, ADaysWindowHoldsFromItsFirstMinuteUpToItsLast) {
  const auto window = *DayWindow::parse("09:30-17:00");
  EXPECT_FALSE(window.contains(at("2026-11-22T09:29:59")));
  EXPECT_TRUE(window.contains(at("2026-11-22T09:30:00")));
  EXPECT_TRUE(window.contains(at("2026-11-22T16:59:59")));
  EXPECT_FALSE(window.contains(at("2026-11-22T17:00:00")));
}

TEST(DayWindow, ANightsWindowCrossesMidnight) {
  const auto window = *DayWindow::parse("22:00-06:00");
  EXPECT_TRUE(window.contains(at("2026-11-22T23:59:59")));
  EXPECT_TRUE(window.contains(at("2026-11-23T00:00:00")));
  EXPECT_TRUE(window.contains(at("2026-11-23T05:59:59")));
  EXPECT_FALSE(window.contains(at("2026-11-23T06:00:00")));
  EXPECT_FALSE(window.contains(at("2026-11-23T21:59:59")));
}

TEST(DayWindow, OpensNextTodayOrTomorrowOrIsOpen) {
  const auto night = *DayWindow::parse("22:00-06:00");
  EXPECT_EQ(night.next_open(at("2026-11-22T12:00")), at("2026-11-22T22:00"));
  EXPECT_EQ(night.next_open(at("2026-11-22T03:15")), at("2026-11-22T03:15"));
  const auto morning = *DayWindow::parse("01:00-05:00");
  EXPECT_EQ(morning.next_open(at("2026-12-31T05:00")), at("2027-01-01T01:00"));
}

TEST(DayWindow, TheWholeDayIsAlwaysOpen) {
  for (const auto* text : {"00:00-24:00", "07:00-07:00"}) {
    const auto window = DayWindow::parse(text);
    ASSERT_TRUE(window) << text;
    EXPECT_TRUE(window->contains(at("2026-11-22T06:59:59")));
    EXPECT_TRUE(window->contains(at("2026-11-22T07:00:00")));
  }
  EXPECT_TRUE(DayWindow().contains(at("2026-11-22T12:00")));
}

TEST(DayWindow, AnythingElseIsNoWindow) {
  for (const auto* text : {"", "-", "22:00", "22-06", "22:00-6:00", "25:00-26:00", "24:01-06:00",
                           "22:60-06:00", "aa:bb-cc:dd", "22:00-06:00 ", "22:00–06:00", "+2:00-06:00"})
    EXPECT_FALSE(DayWindow::parse(text)) << text;
}

}  // namespace
}  // namespace edu
