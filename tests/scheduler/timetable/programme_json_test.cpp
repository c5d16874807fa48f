#include "scheduler/timetable/programme_json.h"

#include <gtest/gtest.h>

namespace edu::scheduler {
namespace {

json::object good() {
  return json::parse(R"({"title": "冬季  田间管理\n", "kind": "group", "local_start": "2026-11-25T19:30",
    "rundown": [12, "KJ000013"], "rrule": "FREQ=WEEKLY", "exdates": ["2026-12-02T19:30"], "rdates": [],
    "groups": ["一组"], "tutor": "张老师", "chair": "", "place": "活动室", "zone": "Asia/Shanghai"})")
      .as_object();
}

TEST(ProgrammeJson, ReadsEveryField) {
  const auto draft = read_draft(good()).value();
  EXPECT_EQ(draft.title, "冬季 田间管理");
  EXPECT_EQ(draft.kind, Kind::group);
  EXPECT_EQ(edu::to_string(draft.local_start), "2026-11-25T19:30:00");
  EXPECT_EQ(draft.rundown, (std::vector<std::int64_t>{12, 13}));
  EXPECT_EQ(draft.rrule, "FREQ=WEEKLY");
  ASSERT_EQ(draft.exdates.size(), 1u);
  EXPECT_EQ(edu::to_string(draft.exdates[0]), "2026-12-02T19:30:00");
  EXPECT_EQ(draft.groups, std::vector<std::string>{"一组"});
  EXPECT_EQ(draft.tutor, "张老师");
  EXPECT_EQ(draft.place, "活动室");
  EXPECT_EQ(draft.zone, "Asia/Shanghai");
}

struct Wrong {
  const char* field;
  const char* value;  // JSON; empty: left out
  const char* code;
};
void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.field << ' ' << wrong.value; }
class WrongField : public testing::TestWithParam<Wrong> {};

TEST_P(WrongField, IsRefusedByName) {
  auto object = good();
  if (*GetParam().value == 0)
    object.erase(GetParam().field);
  else
    object[GetParam().field] = json::parse(GetParam().value);
  const auto draft = read_draft(object);
  ASSERT_FALSE(draft) << GetParam().field;
  EXPECT_EQ(draft.error().code, std::string("scheduler.") + GetParam().code);
  if (draft.error().args.contains("field")) {
    EXPECT_EQ(draft.error().args.at("field"), GetParam().field);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Fields, WrongField,
    testing::Values(Wrong{"title", "", "field_missing"}, Wrong{"kind", "", "field_missing"},
                    Wrong{"local_start", "", "field_missing"}, Wrong{"rundown", "", "field_missing"},
                    Wrong{"title", "5", "field_type"}, Wrong{"kind", "\"party\"", "field_kind"},
                    Wrong{"local_start", "\"19:30\"", "field_time"},
                    Wrong{"local_start", "\"2026-02-30T19:30\"", "field_time"},
                    Wrong{"rundown", "\"12\"", "field_type"}, Wrong{"rundown", "[1.5]", "field_type"},
                    Wrong{"rundown", "[\"../../etc/passwd\"]", "field_type"},
                    Wrong{"exdates", "[20261122]", "field_type"}, Wrong{"rdates", "[\"soon\"]", "field_time"},
                    Wrong{"groups", "[1]", "field_type"}, Wrong{"colour", "\"red\"", "field_unknown"}));

TEST(ProgrammeJson, RefusesWhatIsNoObjectAndListsWithoutEnd) {
  EXPECT_EQ(read_draft(json::parse("[]")).error().code, "scheduler.field_type");
  auto object = good();
  object["rundown"] = json::array(kMostItems + 1, json::value(1));
  EXPECT_EQ(read_draft(object).error().code, "scheduler.field_many");
}

TEST(ProgrammeJson, WritesWhatItReads) {
  Programme programme;
  static_cast<ProgrammeDraft&>(programme) = read_draft(good()).value();
  programme.id = 4;
  auto written = to_json(programme);
  EXPECT_EQ(written.at("programme"), 4);
  for (const auto* extra : {"programme", "cancelled", "cancelled_dates"}) written.erase(extra);
  const auto again = read_draft(written).value();
  EXPECT_EQ(again.title, programme.title);
  EXPECT_EQ(again.local_start, programme.local_start);
  EXPECT_EQ(again.exdates, programme.exdates);
  EXPECT_EQ(again.rundown, programme.rundown);
}

}  // namespace
}  // namespace edu::scheduler
