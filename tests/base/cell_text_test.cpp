#include "base/cell_text.h"

#include <gtest/gtest.h>

namespace edu {
namespace {

// 5 December 2026, at this time of the clock in China.
Instant at(int hour, int minute, int day = 5) {
  const LocalDate date(std::chrono::year(2026) / 12 / day);
  const auto local =
      LocalTime(date.time_since_epoch()) + std::chrono::hours(hour) + std::chrono::minutes(minute);
  return {WallTime(local.time_since_epoch() - std::chrono::hours(8)), std::chrono::hours(8)};
}

constexpr auto kThis = std::chrono::year(2026), kOther = std::chrono::year(2027);

struct Reading {
  Cell cell;
  std::string zh, en, csv, json;
};

std::vector<Reading> readings() {
  const auto day = at(19, 30).day();
  const auto span = [](Instant from, std::optional<Instant> to, std::optional<LocalDate> on = {}) {
    return Interval{from, to, on};
  };
  return {
      {None(), "—", "—", "—", "null"},
      {Text("果树"), "果树", "果树", "果树", "null"},
      {Count{12}, "12", "12", "12", "12"},
      {Percent{40}, "40 %", "40 %", "40 %", "40"},
      {Rate{17, 20}, "17/20 = 85.0 %", "17/20 = 85.0 %", "17/20 = 85.0 %", R"({"present":17,"expected":20})"},
      {Duration{milliseconds(2'699'600)}, "00:45:00", "00:45:00", "00:45:00", "2699600"},
      {Deviation{milliseconds(1)}, "+1 ms", "+1 ms", "+1 ms", "1"},
      {Deviation{milliseconds(-3)}, "-3 ms", "-3 ms", "-3 ms", "-3"},
      {Bytes{12'345'678}, "12.3 MB", "12.3 MB", "12.3 MB", "12345678"},
      {CoursewareNo{12}, "KJ000012", "KJ000012", "KJ000012", "12"},
      {RecordNo{7}, "#7", "#7", "#7", "7"},
      {std::vector<RecordNo>{{7}, {9}}, "#7 #9", "#7 #9", "#7 #9", "[7,9]"},
      {day, "12月5日", "5 Dec", "2026-12-05", R"("2026-12-05")"},
      {at(19, 30), "12月5日 19:30", "5 Dec 19:30", "2026-12-05 19:30", R"("2026-12-05T19:30:00+08:00")"},
      {span(at(19, 30), at(19, 54)), "12月5日 19:30–19:54", "5 Dec 19:30–19:54", "2026-12-05 19:30–19:54",
       R"({"from":"2026-12-05T19:30:00+08:00","to":"2026-12-05T19:54:00+08:00"})"},
      {span(at(19, 30), at(19, 54), day), "19:30–19:54", "19:30–19:54", "19:30–19:54",
       R"({"from":"2026-12-05T19:30:00+08:00","to":"2026-12-05T19:54:00+08:00"})"},
      {span(at(23, 30), at(0, 10, 6), day), "23:30–12月6日 00:10", "23:30–6 Dec 00:10",
       "23:30–2026-12-06 00:10", R"({"from":"2026-12-05T23:30:00+08:00","to":"2026-12-06T00:10:00+08:00"})"},
      {span(at(19, 30), {}, day), "19:30–…", "19:30–…", "19:30–…",
       R"({"from":"2026-12-05T19:30:00+08:00","to":null})"},
      {std::vector<Interval>{span(at(19, 0), at(19, 10), day), span(at(0, 20, 6), {}, day)},
       "19:00–19:10 12月6日 00:20–…", "19:00–19:10 6 Dec 00:20–…", "19:00–19:10 2026-12-06 00:20–…",
       R"([{"from":"2026-12-05T19:00:00+08:00","to":"2026-12-05T19:10:00+08:00"},)"
       R"({"from":"2026-12-06T00:20:00+08:00","to":null}])"},
  };
}

TEST(CellText, ReadsForPeopleInTheirLanguage) {
  for (const auto& one : readings()) {
    EXPECT_EQ(shown(one.cell, Language::zh, kThis), one.zh);
    EXPECT_EQ(shown(one.cell, Language::en, kThis), one.en);
  }
}

TEST(CellText, StandsAloneInACsvFile) {
  for (const auto& one : readings()) EXPECT_EQ(csv_text(one.cell), one.csv);
}

TEST(CellText, IsAValueForPrograms) {
  for (const auto& one : readings()) EXPECT_EQ(json::serialize(value_of(one.cell)), one.json);
}

TEST(CellText, EveryKindHasItsReading) {
  std::vector<bool> seen(std::variant_size_v<Cell>);
  for (const auto& one : readings()) seen.at(one.cell.index()) = true;
  for (std::size_t kind = 0; kind < seen.size(); ++kind) EXPECT_TRUE(seen[kind]) << "alternative " << kind;
}

TEST(CellText, NamesAYearThatTheHeadDoesNot) {
  EXPECT_EQ(shown(at(19, 30), Language::zh, kOther), "2026年12月5日 19:30");
  EXPECT_EQ(shown(at(19, 30), Language::en, kOther), "5 Dec 2026 19:30");
  EXPECT_EQ(shown(at(19, 30).day(), Language::zh), "2026年12月5日");
  EXPECT_EQ(shown(at(19, 30).day(), Language::en), "5 Dec 2026");
  EXPECT_EQ(shown_month(kThis / std::chrono::December, Language::zh), "2026年12月");
  EXPECT_EQ(shown_month(kThis / std::chrono::December, Language::en), "Dec 2026");
}

TEST(CellText, ShowsSecondsWhereTheyMatter) {
  auto exact = at(19, 30);
  exact.at += milliseconds(5'900);
  EXPECT_EQ(shown(exact, Language::en, kThis), "5 Dec 19:30");
  exact.to_the_second = true;
  EXPECT_EQ(shown(exact, Language::en, kThis), "5 Dec 19:30:05");
}

TEST(CellText, KnowsOffsetsWestOfGreenwichAndBefore1970) {
  const Instant newfoundland{WallTime(milliseconds(-500)), -std::chrono::minutes(210)};
  EXPECT_EQ(iso8601(newfoundland), "1969-12-31T20:29:59-03:30");
}

TEST(Rate, IsShownWithItsNumeratorAndDenominator) {
  EXPECT_EQ(shown(Rate{17, 20}), "17/20 = 85.0 %");
  EXPECT_EQ(shown(Rate{2, 3}), "2/3 = 66.6 %");  // never rounded up to a threshold
  EXPECT_EQ(shown(Rate{20, 20}), "20/20 = 100.0 %");
  EXPECT_EQ(shown(Rate{0, 0}), "0/0 = —");
}

TEST(Rate, MeetsThresholdsInIntegers) {
  EXPECT_TRUE((Rate{17, 20}.reaches(85)));
  EXPECT_FALSE((Rate{16, 20}.reaches(85)));
  EXPECT_FALSE((Rate{849, 1000}.reaches(85)));
  EXPECT_FALSE((Rate{0, 0}.reaches(0)));
}

}  // namespace
}  // namespace edu
