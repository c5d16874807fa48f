#include "calendar/zone.h"

#include <gtest/gtest.h>

namespace edu {
namespace {

LocalTime local(const char* text) { return parse_local_time(text).value(); }

TEST(Zone, ShowsIso8601WithOffset) {
  const Zone shanghai("Asia/Shanghai");
  const auto instant = shanghai.to_utc(local("2026-11-22T19:30:00"));
  EXPECT_EQ(shanghai.iso8601(instant), "2026-11-22T19:30:00+08:00");
  EXPECT_EQ(Zone("UTC").iso8601(instant), "2026-11-22T11:30:00+00:00");
  EXPECT_EQ(Zone("America/St_Johns").iso8601(instant), "2026-11-22T08:00:00-03:30");
  EXPECT_EQ(shanghai.time_of_day(instant), "19:30:00");
}

TEST(Zone, GivesAnInstantThatKnowsItsOffset) {
  const Zone berlin("Europe/Berlin");
  for (const auto* time : {"2026-01-22T19:30:00", "2026-07-22T19:30:00"}) {
    const auto instant = berlin.instant(berlin.to_utc(local(time)));
    EXPECT_EQ(to_string(instant.local()), time);
    EXPECT_FALSE(instant.to_the_second);
    EXPECT_TRUE(berlin.instant_to_the_second(instant.at).to_the_second);
  }
  EXPECT_EQ(berlin.instant(berlin.to_utc(local("2026-07-22T19:30:00"))).offset, std::chrono::hours(2));
}

TEST(Zone, ATimeThatIsSkippedIsTheInstantOfTheChange) {
  const Zone berlin("Europe/Berlin");
  EXPECT_EQ(berlin.iso8601(berlin.to_utc(local("2026-03-29T02:30:00"))), "2026-03-29T03:00:00+02:00");
}

TEST(Zone, ATimeThatComesTwiceIsTheFirst) {
  const Zone berlin("Europe/Berlin");
  EXPECT_EQ(berlin.iso8601(berlin.to_utc(local("2026-10-25T02:30:00"))), "2026-10-25T02:30:00+02:00");
}

TEST(Zone, UnknownIsAnErrorThatNamesIt) {
  try {
    Zone("Asia/Beijing2");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("Asia/Beijing2"), std::string::npos);
  }
}

TEST(Zone, DateIsThatOfTheWall) {
  const Zone shanghai("Asia/Shanghai");
  EXPECT_EQ(to_string(shanghai.date_of(shanghai.to_utc(local("2026-11-22T00:00:00")))), "2026-11-22");
}

}  // namespace
}  // namespace edu
