#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calendar/zone.h"
#include "scheduler/timetable/edit_checks.h"

namespace edu::scheduler {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;

const Zone kShanghai("Asia/Shanghai");

LocalTime at(const char* text) { return parse_local_time(text).value(); }
WallTime utc(const char* text) { return Zone("UTC").to_utc(at(text)); }

Courses courses() {
  return {{1, {"水稻育秧", "王老师", "种植户", minutes(40)}},
          {2, {"果树修剪", "李老师", "种植户", minutes(20)}},
          {3, {"无时长", "", "", milliseconds(0)}},
          {4, {"长片", "王老师", "", minutes(23 * 60 + 30)}}};
}

Programme programme(std::int64_t id, const char* start, std::vector<std::int64_t> rundown = {1},
                    const char* rule = "", const char* zone = "Asia/Shanghai") {
  Programme p;
  p.id = id;
  p.title = "节目" + std::to_string(id);
  p.local_start = at(start);
  p.zone = zone;
  p.rundown = std::move(rundown);
  p.rrule = rule;
  return p;
}

std::vector<std::string> lines(const std::vector<Occurrence>& timeline) {
  std::vector<std::string> out;
  for (const auto& one : timeline)
    out.push_back(std::to_string(one.number) + " " + one.key() + " " +
                  Zone("UTC").iso8601(one.start).substr(0, 19) + " " + clock_duration(one.end - one.start));
  return out;
}

TEST(Timeline, NumbersWhatStartsInTheWindowByItsStart) {
  const std::vector<Programme> list{programme(1, "2026-11-23T19:30", {1, 2}),
                                    programme(2, "2026-11-22T08:00", {2}, "FREQ=DAILY")};
  EXPECT_THAT(lines(resolve(list, courses(), utc("2026-11-22T00:00"), utc("2026-11-24T00:00"))),
              ElementsAre("1 P2@2026-11-22T08:00:00 2026-11-22T00:00:00 00:20:00",
                          "2 P2@2026-11-23T08:00:00 2026-11-23T00:00:00 00:20:00",
                          "3 P1@2026-11-23T19:30:00 2026-11-23T11:30:00 01:00:00"));
}

TEST(Timeline, NamesEachLecturerOnce) {
  const auto timeline = resolve({programme(1, "2026-11-23T19:30", {1, 2, 1})}, courses(),
                                utc("2026-11-22T00:00"), utc("2026-11-24T00:00"));
  ASSERT_EQ(timeline.size(), 1u);
  EXPECT_EQ(timeline[0].lecturer, "王老师、李老师");
  EXPECT_EQ(timeline[0].audience, "种植户");
  EXPECT_EQ(timeline[0].rundown[1].title, "果树修剪");
}

TEST(Timeline, LeavesOutWhatWasCancelledAndWhatWasBeforeTheEdit) {
  auto daily = programme(1, "2026-11-20T08:00", {2}, "FREQ=DAILY");
  daily.added = utc("2026-11-21T12:00");
  daily.cancelled_dates = {at("2026-11-23T08:00")};
  daily.exdates = {at("2026-11-24T08:00")};
  daily.rdates = {at("2026-11-24T15:00")};
  auto gone = programme(2, "2026-11-22T12:00");
  gone.cancelled = true;
  EXPECT_THAT(lines(resolve({daily, gone}, courses(), utc("2026-11-19T00:00"), utc("2026-11-25T00:00"))),
              ElementsAre("1 P1@2026-11-22T08:00:00 2026-11-22T00:00:00 00:20:00",
                          "2 P1@2026-11-24T15:00:00 2026-11-24T07:00:00 00:20:00"));
}

TEST(Timeline, AProgrammeThatThisMachineCannotReadGivesNothing) {
  const std::vector<Programme> list{programme(1, "2026-11-23T19:30", {1}, "", "Mars/Olympus"),
                                    programme(2, "2026-11-23T19:30", {1}, "FREQ=NEVER")};
  EXPECT_THAT(resolve(list, courses(), utc("2026-11-22T00:00"), utc("2026-11-24T00:00")), IsEmpty());
}

struct Change {
  const char* name;
  const char* zone;
  const char* first;
  const char* from;
  const char* to;
  std::vector<std::string> starts;  // UTC
};
void PrintTo(const Change& change, std::ostream* out) { *out << change.name; }
class ClockChange : public testing::TestWithParam<Change> {};

TEST_P(ClockChange, KeepsTheTimeOnTheWall) {
  const auto& c = GetParam();
  std::vector<std::string> starts;
  for (const auto& one :
       resolve({programme(1, c.first, {2}, "FREQ=DAILY", c.zone)}, courses(), utc(c.from), utc(c.to)))
    starts.push_back(Zone("UTC").iso8601(one.start).substr(0, 16));
  EXPECT_EQ(starts, c.starts) << c.name;
}

INSTANTIATE_TEST_SUITE_P(
    Zones, ClockChange,
    testing::Values(Change{"no change in Shanghai",
                           "Asia/Shanghai",
                           "2026-03-07T02:30",
                           "2026-03-07T00:00",
                           "2026-03-09T00:00",
                           {"2026-03-07T18:30", "2026-03-08T18:30"}},
                    Change{"New York springs forward: 02:30 is not there, 03:00 EDT stands for it",
                           "America/New_York",
                           "2026-03-07T02:30",
                           "2026-03-07T00:00",
                           "2026-03-10T00:00",
                           {"2026-03-07T07:30", "2026-03-08T07:00", "2026-03-09T06:30"}},
                    Change{"New York falls back: 01:30 comes twice, the first counts",
                           "America/New_York",
                           "2026-10-31T01:30",
                           "2026-10-31T00:00",
                           "2026-11-03T00:00",
                           {"2026-10-31T05:30", "2026-11-01T05:30", "2026-11-02T06:30"}},
                    Change{"Berlin springs forward",
                           "Europe/Berlin",
                           "2026-03-28T02:15",
                           "2026-03-28T00:00",
                           "2026-03-31T00:00",
                           {"2026-03-28T01:15", "2026-03-29T01:00", "2026-03-30T00:15"}},
                    Change{"Berlin falls back",
                           "Europe/Berlin",
                           "2026-10-24T02:15",
                           "2026-10-24T00:00",
                           "2026-10-27T00:00",
                           {"2026-10-24T00:15", "2026-10-25T00:15", "2026-10-26T01:15"}},
                    Change{"an evening keeps its hour over the change",
                           "Europe/Berlin",
                           "2026-10-24T19:30",
                           "2026-10-24T00:00",
                           "2026-10-26T23:00",
                           {"2026-10-24T17:30", "2026-10-25T18:30", "2026-10-26T18:30"}},
                    Change{"Apia lost 30 December 2011",
                           "Pacific/Apia",
                           "2011-12-28T12:00",
                           "2011-12-28T00:00",
                           "2012-01-01T00:00",
                           {"2011-12-28T22:00", "2011-12-29T22:00", "2011-12-30T10:00", "2011-12-30T22:00",
                            "2011-12-31T22:00"}}));

TEST(Timeline, FindsTheNextStartThroughCancellationsAndGaps) {
  auto daily = programme(1, "2026-03-07T02:30", {2}, "FREQ=DAILY;UNTIL=20260309", "America/New_York");
  EXPECT_EQ(next_start(daily, utc("2026-03-07T07:31")), utc("2026-03-08T07:00"));
  EXPECT_EQ(next_start(daily, utc("2026-03-08T07:00")), utc("2026-03-08T07:00"));
  EXPECT_EQ(next_start(daily, utc("2026-03-08T07:01")), utc("2026-03-09T06:30"));
  daily.cancelled_dates = {at("2026-03-09T02:30")};
  EXPECT_EQ(next_start(daily, utc("2026-03-08T07:01")), std::nullopt);
}

const WallTime kNow = utc("2026-11-22T04:00");  // 12:00 in Shanghai

std::string refused(const Programme& p, std::vector<Programme> others = {}) {
  if (const auto plan = check_plan(p, kNow); !plan) return plan.error().code;
  const auto room = check_room(p, others, courses(), kNow);
  return room ? "" : room.error().code;
}

TEST(EditChecks, TakeAGoodProgramme) {
  EXPECT_EQ(refused(programme(1, "2026-11-22T12:00")), "");
  EXPECT_EQ(refused(programme(1, "2026-11-05T19:30", {1, 2}, "FREQ=MONTHLY;BYMONTHDAY=5,15,25")), "");
}

TEST(EditChecks, RefuseFieldsThatAreMissingOrTooLong) {
  auto p = programme(1, "2026-11-23T19:30");
  auto with = [&](auto change) {
    auto copy = p;
    change(copy);
    return refused(copy);
  };
  EXPECT_EQ(with([](Programme& x) { x.title.clear(); }), "scheduler.text_missing");
  EXPECT_EQ(with([](Programme& x) { x.title.assign(kLongestTitle + 1, 'x'); }), "scheduler.text_length");
  EXPECT_EQ(with([](Programme& x) { x.tutor.assign(kLongestName + 1, 'x'); }), "scheduler.text_length");
  EXPECT_EQ(with([](Programme& x) { x.chair.assign(kLongestName + 1, 'x'); }), "scheduler.text_length");
  EXPECT_EQ(with([](Programme& x) { x.place.assign(kLongestName + 1, 'x'); }), "scheduler.text_length");
  EXPECT_EQ(with([](Programme& x) { x.groups = {""}; }), "scheduler.text_missing");
  EXPECT_EQ(with([](Programme& x) { x.rundown.clear(); }), "scheduler.rundown_empty");
  EXPECT_EQ(with([](Programme& x) { x.rundown.assign(kMostItems + 1, 1); }), "scheduler.field_many");
  EXPECT_EQ(with([](Programme& x) { x.rdates.assign(kMostExceptions + 1, x.local_start); }),
            "scheduler.field_many");
  EXPECT_EQ(with([](Programme& x) { x.zone = "Mars/Olympus"; }), "calendar.zone_unknown");
  EXPECT_EQ(with([](Programme& x) { x.exdates = {at("2026-11-24T19:30")}; }), "calendar.exdate_none");
  EXPECT_EQ(with([](Programme& x) { x.exdates = {x.local_start}; }),
            "calendar.past_start");  // nothing is left
}

TEST(EditChecks, RefuseWhatIsPast) {
  const auto no = check_plan(programme(1, "2026-11-22T11:59"), kNow);
  ASSERT_FALSE(no);
  EXPECT_EQ(no.error().code, "calendar.past_start");
  EXPECT_EQ(no.error().args.at("start"), "2026-11-22T11:59:00+08:00");
  EXPECT_EQ(no.error().args.at("now"), "2026-11-22T12:00:00+08:00");
  EXPECT_EQ(refused(programme(1, "2026-11-20T11:00", {1}, "FREQ=DAILY;COUNT=3")), "calendar.past_rule");
  EXPECT_EQ(refused(programme(1, "2026-11-20T11:00", {1}, "FREQ=DAILY;COUNT=4")), "");
  EXPECT_EQ(refused(programme(1, "2032-11-20T11:00")), "calendar.too_far");
}

TEST(EditChecks, RefuseRulesThatExplodeOrNeverCome) {
  EXPECT_EQ(
      refused(programme(1, "2026-11-23T00:00", {1},
                        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23;"
                        "BYMINUTE=0,10,20,30,40,50")),
      "calendar.too_many");
  EXPECT_EQ(refused(programme(1, "2026-11-23T00:00", {1}, "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")),
            "calendar.start_not_in_rule");
  EXPECT_EQ(refused(programme(1, "2026-11-22T19:30", {1}, "FREQ=WEEKLY;BYDAY=MO")),
            "calendar.start_not_in_rule");
  EXPECT_EQ(refused(programme(1, "2026-11-22T19:30", {1}, "FREQ=SECONDLY")), "calendar.rrule_freq");
}

TEST(EditChecks, RefuseCoursewareWithoutDurationAndMoreThanADay) {
  EXPECT_EQ(refused(programme(1, "2026-11-23T00:00", {3})), "scheduler.no_duration");
  EXPECT_EQ(refused(programme(1, "2026-11-23T00:00", {4, 1})), "scheduler.too_long");
  EXPECT_EQ(refused(programme(1, "2026-11-23T00:00", {4, 2})), "");
}

TEST(EditChecks, NameTheOtherProgrammeAndTheInstant) {
  const auto other = programme(7, "2026-11-25T19:30", {1}, "FREQ=WEEKLY");
  const auto no = check_room(programme(0, "2026-12-02T20:00", {2}), {other}, courses(), kNow);
  ASSERT_FALSE(no);
  EXPECT_EQ(no.error().code, "scheduler.conflict");
  EXPECT_EQ(no.error().kind, Refusal::Kind::conflict);
  EXPECT_EQ(no.error().args.at("other"), "7");
  EXPECT_EQ(no.error().args.at("title"), "节目7");
  EXPECT_EQ(no.error().args.at("start"), "2026-12-02T20:00:00+08:00");
  EXPECT_EQ(no.error().args.at("other_end"), "2026-12-02T20:10:00+08:00");
}

TEST(EditChecks, NameAProgrammeThatOverlapsItself) {
  const auto no = check_room(programme(1, "2026-11-23T09:00", {1}, "FREQ=DAILY;BYHOUR=9;BYMINUTE=0,30"), {},
                             courses(), kNow);
  ASSERT_FALSE(no);
  EXPECT_EQ(no.error().code, "scheduler.overlaps_itself");
  EXPECT_EQ(no.error().args.at("start"), "2026-11-23T09:30:00+08:00");
}

TEST(EditChecks, TakeThePlaceOfACancelledProgramme) {
  auto gone = programme(7, "2026-11-25T19:30");
  gone.cancelled = true;
  EXPECT_EQ(refused(programme(8, "2026-11-25T19:30"), {gone}), "");
}

TEST(EditChecks, LookAYearAheadFromTheFirstOccurrence) {
  const auto yearly = programme(7, "2028-02-29T19:30", {1}, "FREQ=YEARLY");
  EXPECT_EQ(refused(programme(0, "2028-02-29T20:00", {2}), {yearly}), "scheduler.conflict");
  const auto daily = programme(8, "2026-11-23T20:00", {2}, "FREQ=DAILY");
  EXPECT_EQ(refused(daily, {programme(9, "2027-11-20T20:00", {2})}), "scheduler.conflict");
  EXPECT_EQ(refused(daily, {programme(9, "2027-12-20T20:00", {2})}), "");
}

TEST(EditChecks, SeeWhatIsOnAirNow) {
  auto running = programme(7, "2026-11-22T11:40", {1});
  EXPECT_EQ(refused(programme(0, "2026-11-22T12:10", {2}), {running}), "scheduler.conflict");
  EXPECT_EQ(refused(programme(0, "2026-11-22T12:20", {2}), {running}), "");
}

std::vector<std::string> words(const Table& table, std::size_t row) {
  std::vector<std::string> out;
  for (const auto& cell : table.rows.at(row)) out.push_back(shown(table, cell));
  return out;
}

TEST(Tables, ShowTheNoticeInBothLanguages) {
  auto timeline = resolve({programme(1, "2026-11-23T19:30", {1})}, courses(), utc("2026-11-22T00:00"),
                          utc("2026-11-24T00:00"));
  timeline[0].place = "党员活动室";
  timeline[0].state = State::on_air;
  const auto zh = timeline_table(timeline, kShanghai, Language::zh);
  EXPECT_EQ(zh.title, "节目预告（2026年）");
  EXPECT_EQ(zh.columns[1].heading, "播出时间");
  ASSERT_EQ(zh.rows.size(), 1u);
  EXPECT_THAT(words(zh, 0), ElementsAre("1", "11月23日 19:30", "11月23日 20:10", "1", "节目1", "王老师",
                                        "种植户", "党员活动室", "集中", "正在播出"));
  const auto en = timeline_table(timeline, kShanghai, Language::en);
  EXPECT_EQ(words(en, 0)[1], "23 Nov 19:30");
  EXPECT_EQ(words(en, 0).back(), "on air");
}

TEST(Tables, ListProgrammesWithTheirNextStartAndStanding) {
  auto gone = programme(2, "2026-11-25T19:30");
  gone.cancelled = true;
  gone.groups = {"一组", "二组"};
  const auto table = programme_table(
      {programme(1, "2026-11-01T19:30", {1, 2}, "FREQ=DAILY"), gone, programme(3, "2026-11-01T08:00")}, kNow,
      Language::en);
  EXPECT_THAT(words(table, 0), ElementsAre("1", "节目1", "group", "22 Nov 2026 19:30", "1 Nov 2026 19:30",
                                           "FREQ=DAILY", "KJ000001, KJ000002", "everybody", "", "planned"));
  EXPECT_EQ(words(table, 1)[7], "一组、二组");
  EXPECT_EQ(words(table, 1)[9], "cancelled");
  EXPECT_EQ(words(table, 2)[3], "");
  EXPECT_EQ(words(table, 2)[9], "over");
}

}  // namespace
}  // namespace edu::scheduler
