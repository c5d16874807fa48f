#include "calendar/recurrence.h"

#include <gtest/gtest.h>

namespace edu::calendar {
namespace {

using std::chrono::days;

LocalTime at(const char* text) { return parse_local_time(text).value(); }

Recurrence every(const char* first, const char* rule) {
  return {at(first), Rule::parse(rule).value(), {}, {}};
}

std::vector<std::string> texts(const Expansion& expansion) {
  std::vector<std::string> out;
  for (const auto start : expansion.starts) out.push_back(to_string(start));
  return out;
}

using Texts = std::vector<std::string>;

TEST(Rule, NormalisesItsText) {
  EXPECT_EQ(Rule::parse("byday=mo,we;freq=weekly;until=20261231").value().text(),
            "FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261231T235959");
  EXPECT_EQ(Rule::parse("COUNT=5;FREQ=DAILY;INTERVAL=2").value().text(), "FREQ=DAILY;INTERVAL=2;COUNT=5");
  EXPECT_EQ(Rule::parse("FREQ=DAILY;UNTIL=20261231T193000").value().until(), at("2026-12-31T19:30"));
}

TEST(Rule, IsReadAsAChineseKeyboardWritesIt) {
  EXPECT_EQ(Rule::parse("ｆｒｅｑ＝weekly； COUNT＝２；byday＝mo，we").value().text(),
            "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=2");
}

TEST(Rule, ItsNormalisedTextIsTheSameRule) {
  const auto rule = Rule::parse("FREQ=MONTHLY;BYDAY=-1FR,2TU;WKST=SU;COUNT=7").value();
  EXPECT_EQ(Rule::parse(rule.text()).value().text(), rule.text());
}

struct Refused {
  const char* text;
  const char* code;
  const char* arg;
  const char* value;
};
void PrintTo(const Refused& refused, std::ostream* out) {
  *out << std::string_view(refused.text).substr(0, 40);
}
class RefusedRule : public testing::TestWithParam<Refused> {};

TEST_P(RefusedRule, SaysWhatIsWrong) {
  const auto rule = Rule::parse(GetParam().text);
  ASSERT_FALSE(rule) << GetParam().text;
  EXPECT_EQ(rule.error().code, std::string("calendar.") + GetParam().code) << GetParam().text;
  if (*GetParam().arg != 0) {
    EXPECT_EQ(rule.error().args.at(GetParam().arg), GetParam().value) << GetParam().text;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Texts, RefusedRule,
    testing::Values(
        Refused{"", "rrule_length", "", ""}, Refused{"FREQ", "rrule_part", "part", "FREQ"},
        Refused{"FREQ=", "rrule_part", "part", "FREQ="}, Refused{"FREQ=DAILY;", "rrule_part", "part", ""},
        Refused{"FREQ=DAILY;COLOUR=RED", "rrule_part", "part", "COLOUR"},
        Refused{"RSCALE=CHINESE;FREQ=YEARLY", "rrule_part", "part", "RSCALE"},
        Refused{"FREQ=DAILY;COUNT=1;COUNT=2", "rrule_twice", "part", "COUNT"},
        Refused{"BYDAY=MO", "rrule_freq", "value", ""},
        Refused{"FREQ=SECONDLY", "rrule_freq", "value", "SECONDLY"},
        Refused{"FREQ=MINUTELY", "rrule_freq", "value", "MINUTELY"},
        Refused{"FREQ=HOURLY", "rrule_freq", "value", "HOURLY"},
        Refused{"FREQ=每天", "rrule_freq", "value", "每天"},
        Refused{"FREQ=DAILY;INTERVAL=0", "rrule_value", "value", "0"},
        Refused{"FREQ=DAILY;INTERVAL=70000", "rrule_value", "allowed", "1…1000"},
        Refused{"FREQ=DAILY;INTERVAL=99999999999999999999", "rrule_value", "part", "INTERVAL"},
        Refused{"FREQ=DAILY;COUNT=-1", "rrule_value", "part", "COUNT"},
        Refused{"FREQ=DAILY;COUNT=1000000", "rrule_value", "allowed", "1…10000"},
        Refused{"FREQ=DAILY;UNTIL=20261231T235959Z", "rrule_value", "part", "UNTIL"},
        Refused{"FREQ=DAILY;UNTIL=20261331", "rrule_value", "value", "20261331"},
        Refused{"FREQ=DAILY;UNTIL=2026-12-31", "rrule_value", "part", "UNTIL"},
        Refused{"FREQ=DAILY;COUNT=2;UNTIL=20261231", "rrule_together", "second", "UNTIL"},
        Refused{"FREQ=WEEKLY;BYDAY=XX", "rrule_value", "value", "XX"},
        Refused{"FREQ=WEEKLY;BYDAY=1MO", "rrule_value", "part", "BYDAY"},
        Refused{"FREQ=MONTHLY;BYDAY=0MO", "rrule_value", "part", "BYDAY"},
        Refused{"FREQ=MONTHLY;BYMONTHDAY=32", "rrule_value", "allowed", "1…31, -31…-1"},
        Refused{"FREQ=MONTHLY;BYMONTHDAY=-2147483648", "rrule_value", "part", "BYMONTHDAY"},
        Refused{"FREQ=MONTHLY;BYMONTHDAY=5,,6", "rrule_value", "value", "5,,6"},
        Refused{"FREQ=DAILY;BYHOUR=24", "rrule_value", "allowed", "0…23"},
        Refused{"FREQ=DAILY;BYHOUR=-1", "rrule_value", "part", "BYHOUR"},
        Refused{"FREQ=WEEKLY;WKST=SA", "rrule_value", "allowed", "MO, SU"},
        Refused{"FREQ=WEEKLY;BYMONTHDAY=5", "rrule_together", "first", "BYMONTHDAY"},
        Refused{"FREQ=YEARLY;BYWEEKNO=-35,-21", "rrule_part", "part", "BYWEEKNO"},  // kills libical
        Refused{"FREQ=DAILY;BYMONTHDAY=-1", "rrule_together", "second", "FREQ=DAILY"},
        Refused{"FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1;BYHOUR=9", "rrule_together", "second", "BYHOUR"},
        Refused{"FREQ=YEARLY;BYMONTHDAY=-1", "rrule_needs", "other", "BYMONTH=1"},
        Refused{"FREQ=MONTHLY;BYYEARDAY=100", "rrule_together", "first", "BYYEARDAY"},
        Refused{"FREQ=YEARLY;BYYEARDAY=100;BYMONTH=3", "rrule_together", "second", "BYMONTH"},
        Refused{"FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1", "rrule_together", "first", "BYSETPOS"},
        Refused{"FREQ=MONTHLY;BYSETPOS=1", "rrule_needs", "part", "BYSETPOS"}));

TEST(Rule, RefusesATextOfAMegabyte) {
  EXPECT_EQ(Rule::parse("FREQ=DAILY;BYHOUR=" + std::string(1 << 20, '1')).error().code,
            "calendar.rrule_length");
}

struct Case {
  const char* name;
  const char* first;
  const char* rule;
  const char* from;
  const char* to;
  Texts starts;
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }
class Expanded : public testing::TestWithParam<Case> {};

TEST_P(Expanded, GivesTheseStarts) {
  const auto& c = GetParam();
  EXPECT_EQ(texts(expand(every(c.first, c.rule), at(c.from), at(c.to), 100)), c.starts) << c.name;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Expanded,
    testing::Values(Case{"5/15/25",
                         "2026-11-05T19:30",
                         "FREQ=MONTHLY;BYMONTHDAY=5,15,25",
                         "2026-11-10T00:00",
                         "2026-12-10T00:00",
                         {"2026-11-15T19:30:00", "2026-11-25T19:30:00", "2026-12-05T19:30:00"}},
                    Case{"last Friday",
                         "2026-11-27T14:00",
                         "FREQ=MONTHLY;BYDAY=-1FR",
                         "2026-11-01T00:00",
                         "2027-01-31T00:00",
                         {"2026-11-27T14:00:00", "2026-12-25T14:00:00", "2027-01-29T14:00:00"}},
                    Case{"last workday",
                         "2026-11-30T14:00",
                         "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
                         "2026-11-01T00:00",
                         "2027-02-01T00:00",
                         {"2026-11-30T14:00:00", "2026-12-31T14:00:00", "2027-01-29T14:00:00"}},
                    Case{"every other Monday",
                         "2026-11-23T08:00",
                         "FREQ=WEEKLY;INTERVAL=2",
                         "2026-11-24T00:00",
                         "2026-12-25T00:00",
                         {"2026-12-07T08:00:00", "2026-12-21T08:00:00"}},
                    Case{"the 31st skips short months",
                         "2026-10-31T08:00",
                         "FREQ=MONTHLY",
                         "2026-10-01T00:00",
                         "2027-02-01T00:00",
                         {"2026-10-31T08:00:00", "2026-12-31T08:00:00", "2027-01-31T08:00:00"}},
                    Case{"29 February",
                         "2024-02-29T08:00",
                         "FREQ=YEARLY",
                         "2024-01-01T00:00",
                         "2030-01-01T00:00",
                         {"2024-02-29T08:00:00", "2028-02-29T08:00:00"}},
                    Case{"twice a day",
                         "2026-11-22T09:00",
                         "FREQ=DAILY;BYHOUR=9,19",
                         "2026-11-22T00:00",
                         "2026-11-23T12:00",
                         {"2026-11-22T09:00:00", "2026-11-22T19:00:00", "2026-11-23T09:00:00"}},
                    Case{"COUNT counts from the first, whatever the window",
                         "2026-11-20T09:00",
                         "FREQ=DAILY;COUNT=3",
                         "2026-11-22T00:00",
                         "2026-12-31T00:00",
                         {"2026-11-22T09:00:00"}},
                    Case{"UNTIL is included, a date with its whole day",
                         "2026-11-20T09:00",
                         "FREQ=DAILY;UNTIL=20261121",
                         "2026-11-01T00:00",
                         "2026-12-31T00:00",
                         {"2026-11-20T09:00:00", "2026-11-21T09:00:00"}},
                    Case{"UNTIL to the second",
                         "2026-11-20T09:00",
                         "FREQ=DAILY;UNTIL=20261121T085959",
                         "2026-11-01T00:00",
                         "2026-12-31T00:00",
                         {"2026-11-20T09:00:00"}},
                    Case{"the window is half open",
                         "2026-11-20T09:00",
                         "FREQ=DAILY",
                         "2026-11-21T09:00",
                         "2026-11-22T09:00",
                         {"2026-11-21T09:00:00"}},
                    Case{"a window before the first",
                         "2026-11-20T09:00",
                         "FREQ=DAILY",
                         "2026-11-01T00:00",
                         "2026-11-10T00:00",
                         {}},
                    Case{"a window after UNTIL",
                         "2026-11-20T09:00",
                         "FREQ=DAILY;UNTIL=20261125",
                         "2027-11-01T00:00",
                         "2027-12-01T00:00",
                         {}},
                    Case{"lists in any order, and twice",
                         "2026-11-22T09:00",
                         "FREQ=DAILY;BYHOUR=19,9,19;BYMINUTE=30,0",
                         "2026-11-22T09:00",
                         "2026-11-23T00:00",
                         {"2026-11-22T09:00:00", "2026-11-22T09:30:00", "2026-11-22T19:00:00",
                          "2026-11-22T19:30:00"}}));

TEST(Recurrence, OnceIsOnce) {
  const Recurrence once{at("2026-11-22T19:30"), std::nullopt, {}, {}};
  EXPECT_EQ(texts(expand(once, at("2026-01-01T00:00"), at("2027-01-01T00:00"), 9)),
            Texts{"2026-11-22T19:30:00"});
  EXPECT_EQ(next(once, at("2026-11-22T19:30")), at("2026-11-22T19:30"));
  EXPECT_EQ(next(once, at("2026-11-22T19:31")), std::nullopt);
}

TEST(Recurrence, LeavesOutExceptionsAndAddsExtras) {
  auto daily = every("2026-11-22T09:00", "FREQ=DAILY;COUNT=3");
  daily.except = {at("2026-11-23T09:00"), at("2026-11-29T20:00")};
  daily.extra = {at("2026-11-24T09:00"), at("2026-11-28T20:00"), at("2026-11-29T20:00")};
  EXPECT_EQ(texts(expand(daily, at("2026-11-01T00:00"), at("2027-01-01T00:00"), 9)),
            (Texts{"2026-11-22T09:00:00", "2026-11-24T09:00:00", "2026-11-28T20:00:00"}));
  EXPECT_EQ(next(daily, at("2026-11-22T09:01")), at("2026-11-24T09:00"));
  EXPECT_EQ(next(daily, at("2026-11-25T00:00")), at("2026-11-28T20:00"));
  EXPECT_EQ(next(daily, at("2026-11-29T00:00")), std::nullopt);
}

TEST(Recurrence, ARuleWithoutEndIsCutAtTheBound) {
  const auto busy =
      every("2026-11-22T00:00", "FREQ=DAILY;BYHOUR=0,6,12,18;BYMINUTE=0,15,30,45;BYSECOND=0,10,20,30");
  const auto cut = expand(busy, at("2026-11-22T00:00"), at("2027-11-22T00:00"), 1000);
  EXPECT_TRUE(cut.cut);
  EXPECT_EQ(cut.starts.size(), 1000u);
  const auto whole =
      expand(every("2026-11-22T00:00", "FREQ=DAILY"), at("2026-11-22T00:00"), at("2026-11-25T00:00"), 3);
  EXPECT_FALSE(whole.cut);
  EXPECT_EQ(whole.starts.size(), 3u);
}

TEST(Recurrence, TellsWhetherTheFirstStartIsOfTheRule) {
  EXPECT_TRUE(fits(Rule::parse("FREQ=WEEKLY;BYDAY=SU").value(), at("2026-11-22T09:00")));
  EXPECT_FALSE(fits(Rule::parse("FREQ=WEEKLY;BYDAY=MO").value(), at("2026-11-22T09:00")));
  EXPECT_FALSE(fits(Rule::parse("FREQ=DAILY;BYHOUR=10").value(), at("2026-11-22T09:00")));
  EXPECT_FALSE(fits(Rule::parse("FREQ=DAILY;UNTIL=20261121").value(), at("2026-11-22T09:00")));
  EXPECT_TRUE(fits(Rule::parse("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29").value(), at("2028-02-29T09:00")));
}

// Each second of a day that comes every 28 years, and what never comes: the search passes days, not seconds,
// and no more than 50 years of them. It took minutes.
TEST(Recurrence, ASearchPassesABoundedNumberOfDays) {
  const auto list = [](int most) {
    std::string out = "0";
    for (int i = 1; i <= most; ++i) out += "," + std::to_string(i);
    return out;
  };
  const auto each_second = ";BYHOUR=" + list(23) + ";BYMINUTE=" + list(59) + ";BYSECOND=" + list(59);
  const auto rare =
      every("2044-02-29T00:00", ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO" + each_second).c_str());
  EXPECT_TRUE(fits(*rare.rule, rare.first));
  EXPECT_EQ(next(rare, at("2044-03-01T00:00")), at("2072-02-29T00:00"));
  EXPECT_TRUE(expand(rare, at("2044-03-01T00:00"), at("2099-01-01T00:00"), 1000).cut);
  auto never = every("2044-02-29T00:00", ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30" + each_second).c_str());
  EXPECT_FALSE(fits(*never.rule, never.first));
  EXPECT_EQ(next(never, never.first), std::nullopt);
  for (int day = 0; day < 366; ++day) never.except.insert(never.first + days(day));
  EXPECT_EQ(never_given(never), never.first);
}

TEST(Recurrence, WhatGivesNothingFor50YearsIsOver) {
  const auto rule = every("2026-11-22T09:00", "FREQ=YEARLY;INTERVAL=100");
  EXPECT_EQ(next(rule, at("2026-11-22T09:00")), at("2026-11-22T09:00"));
  EXPECT_EQ(next(rule, at("2026-11-22T09:01")), std::nullopt);
  const auto leap_century = every("2088-02-29T09:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU");
  EXPECT_EQ(next(leap_century, at("2088-03-01T00:00")), at("2128-02-29T09:00"));
}

TEST(Recurrence, RulesThatNeverGiveAnythingFitNothing) {
  for (const auto* text : {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31",
                           "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300",
                           "FREQ=YEARLY;BYDAY=53MO;BYMONTH=3"})
    EXPECT_FALSE(fits(Rule::parse(text).value(), at("2026-11-22T09:00"))) << text;
}

TEST(Recurrence, FitsAgreesWithTheFirstOfTheExpansion) {
  const char* rules[] = {"FREQ=YEARLY;BYYEARDAY=1,60,-1", "FREQ=MONTHLY;BYDAY=1MO,-1SU,5FR",
                         "FREQ=YEARLY;BYDAY=1MO,-1SU,20WE", "FREQ=MONTHLY;BYMONTHDAY=1,-1,29",
                         "FREQ=WEEKLY;BYDAY=MO,SU;INTERVAL=2;WKST=SU"};
  int fitting = 0;
  for (const auto* text : rules) {
    const auto rule = Rule::parse(text).value();
    for (auto day = at("2023-12-20T09:00"); day < at("2029-01-20T09:00");
         day += days(day < at("2024-01-10T00:00") ? 1 : 5)) {
      const auto found = next({day, rule, {}, {}}, day);
      EXPECT_EQ(fits(rule, day), found == day) << text << " " << to_string(day);
      fitting += found == day;
    }
  }
  EXPECT_GT(fitting, 50);
}

// A window far from the start is reached by a jump of the library's; it must land where walking would.
TEST(Recurrence, AWindowFarAwayGivesWhatWalkingGives) {
  for (const auto* text :
       {"FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "FREQ=MONTHLY;INTERVAL=5;BYDAY=2TU",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=DAILY;INTERVAL=2;BYHOUR=9,19;BYMINUTE=0,30", "FREQ=DAILY;BYDAY=MO,FR;INTERVAL=2"}) {
    const auto rule = every("2016-02-29T19:30", text);
    const auto all = expand(rule, rule.first, at("2027-01-01T00:00"), 10'000).starts;
    ASSERT_FALSE(all.empty());
    for (auto from = at("2016-03-01T00:00"); from < at("2026-12-01T00:00"); from += days(61)) {
      const auto to = from + days(30);
      std::vector<LocalTime> expected;
      for (const auto start : all)
        if (start >= from && start < to) expected.push_back(start);
      EXPECT_EQ(expand(rule, from, to, 1000).starts, expected) << text << " " << to_string(from);
    }
  }
}

}  // namespace
}  // namespace edu::calendar
