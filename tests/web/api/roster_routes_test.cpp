#include <gmock/gmock.h>

#include "base/files.h"
#include "tests/web/station_bench.h"

namespace edu::web {
namespace {

using test::code_of;
using test::object_of;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class RosterRoutes : public testing::Test {
 protected:
  json::array rows(const std::string& path, std::map<std::string, std::string, std::less<>> query = {}) {
    const auto answer = station_.get(path, std::move(query));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return get_array(object_of(answer), "rows");
  }
  web::Response import_roster(const std::string& csv, std::map<std::string, std::string, std::less<>> query) {
    auto request = test::StationBench::posted("/api/v1/roster", csv, "text/csv");
    request.query = std::move(query);
    return station_.ask(std::move(request));
  }
  // The session of a programme, open for sign-in.
  std::int64_t open_session() {
    logs::SessionPlan plan;
    plan.programme = 1;
    plan.local_start = "2026-11-22T19:30:00";
    plan.title = "果树修剪";
    plan.planned_start = test::shanghai("2026-11-22T19:30");
    plan.planned_end = test::shanghai("2026-11-22T19:40");
    return test::run(station_.loop(), station_.sessions().open(plan));
  }

  test::StationBench station_;
};

TEST_F(RosterRoutes, ImportListAndExportARoster) {
  const std::string csv =
      "\xEF\xBB\xBF编号,姓名,类别,支部/小组\r\n001,王建国,党员,第一支部\r\n002,李秀英,群众,第二支部\r\n";
  const auto answer = station_.post("/api/v1/roster", csv, "text/csv");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(get_int(object_of(answer), "added"), 2);
  EXPECT_EQ(rows("/api/v1/roster").size(), 2u);
  EXPECT_EQ(rows("/api/v1/roster", {{"group", "第一支部"}}).size(), 1u);
  EXPECT_EQ(rows("/api/v1/roster", {{"category", "villager"}}).size(), 1u);
  EXPECT_EQ(code_of(station_.get("/api/v1/roster", {{"category", "emperor"}})), "web.category");
  const auto exported = station_.get("/api/v1/roster/export");
  EXPECT_THAT(exported.content_type, StartsWith("text/csv"));
  const auto again = object_of(station_.post("/api/v1/roster", exported.body, "text/csv"));
  EXPECT_EQ(get_int(again, "unchanged"), 2);
}

TEST_F(RosterRoutes, PlanAnImportWithoutDoingIt) {
  const std::string csv = "花名册;;\n编号;姓名;类别;住址\n1;张三;党员;村东\n";
  const auto planned = object_of(import_roster(csv, {{"dry_run", "1"}}));
  EXPECT_EQ(planned.at("plan").at("added").as_array().size(), 1u);
  EXPECT_EQ(planned.at("understood").at("separator"), ";");
  EXPECT_EQ(planned.at("understood").at("unknown_columns").as_array().size(), 1u);
  EXPECT_EQ(rows("/api/v1/roster").size(), 0u);
  EXPECT_EQ(rows("/api/v1/journal").size(), 0u);
}

TEST_F(RosterRoutes, AskBeforeSomebodyIsOnTheRosterTwice) {
  station_.post("/api/v1/roster", "编号,姓名,类别,出生年月\n001,张三,党员,1980-05\n", "text/csv");
  const std::string csv = "编号,姓名,类别,出生年月\nA9,张三,党员,1980-05\n";
  const auto asked = station_.post("/api/v1/roster", csv, "text/csv");
  EXPECT_EQ(asked.status, 409);
  EXPECT_EQ(code_of(asked), "people.import_asks");
  EXPECT_EQ(object_of(asked).at("plan").at("twins").as_array().size(), 1u);
  EXPECT_THAT(get_string(object_of(asked), "detail"), HasSubstr("001 张三"));
  EXPECT_EQ(rows("/api/v1/roster").size(), 1u);
  EXPECT_EQ(import_roster(csv, {{"twins", "maybe"}}).status, 400);
  EXPECT_EQ(import_roster(csv, {{"twins", "same"}}).status, 200);
  ASSERT_EQ(rows("/api/v1/roster").size(), 1u);
  EXPECT_EQ(get_string(rows("/api/v1/roster")[0].as_object(), "number"), "A9");
}

TEST_F(RosterRoutes, LetDoubtfulLinesBeDecidedOneByOne) {
  station_.post("/api/v1/roster", "编号,姓名,类别,出生年月\n001,张三,党员,1980-05\n002,李四,党员,1981-05\n",
                "text/csv");
  const std::string csv = "编号,姓名,类别,出生年月\nA1,张三,党员,1980-05\nA2,李四,党员,1981-05\n";
  EXPECT_EQ(import_roster(csv, {{"same", "2"}}).status, 409);
  EXPECT_EQ(code_of(import_roster(csv, {{"same", "2，3"}, {"new", "9"}})), "people.line_not_asked");
  EXPECT_EQ(code_of(import_roster(csv, {{"same", "2"}, {"new", "2,3"}})), "web.choice");
  EXPECT_EQ(code_of(import_roster(csv, {{"same", "two"}})), "web.choice");
  const auto answer = object_of(import_roster(csv, {{"same", "2"}, {"new", "3"}}));
  EXPECT_EQ(get_int(answer, "changed"), 1);
  EXPECT_EQ(get_int(answer, "added"), 1);
  EXPECT_EQ(rows("/api/v1/roster").size(), 3u);
}

// A record's body stays under 64 KiB, however many people it is about.
TEST_F(RosterRoutes, RecordALargeRosterInSeveralRecords) {
  std::string csv = "编号,姓名,类别\n";
  for (int i = 1; i <= 3100; ++i) csv += std::to_string(i) + ",学员,党员\n";
  EXPECT_EQ(get_int(object_of(import_roster(csv, {{"twins", "new"}})), "added"), 3100);
  const auto records = rows("/api/v1/journal");
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(get_int(object_of(import_roster(csv, {})), "unchanged"), 3100);
  EXPECT_EQ(rows("/api/v1/journal").size(), 4u);
}

TEST_F(RosterRoutes, TakeAWorkbookAsItIs) {
  const auto bytes = read_file(fs::path(EDU_SOURCE_FOLDER) / "tests/cases/workbook/excel.xlsx", 1 << 20);
  const auto answer = station_.post("/api/v1/roster", bytes, "application/octet-stream");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(get_int(object_of(answer), "added"), 3);
  EXPECT_EQ(object_of(answer).at("understood").at("sheet"), "花名册");
  EXPECT_EQ(code_of(station_.post("/api/v1/roster", "PK\x03\x04", "text/csv")), "people.workbook_bad");
  EXPECT_EQ(code_of(station_.post("/api/v1/roster", "<html><p>", "text/csv")), "people.workbook_html");
}

TEST_F(RosterRoutes, MergeMoveOutAndErasePeopleWithARecord) {
  station_.enrol();
  const auto act = [&](const std::string& what, const json::object& body) {
    return station_.post("/api/v1/roster/" + what, json::serialize(body));
  };
  EXPECT_EQ(act("merge", {{"member", "002"}, {"into", "001"}}).status, 200);
  EXPECT_EQ(rows("/api/v1/roster").size(), 1u);
  EXPECT_EQ(code_of(act("merge", {{"member", "002"}, {"into", "001"}})), "people.merge_self");
  EXPECT_EQ(act("move-out", {{"member", "王建国"}, {"since", "2026年11月1日"}}).status, 200);
  EXPECT_EQ(act("move-out", {{"member", "001"}}).status, 409);
  EXPECT_EQ(code_of(act("erase", {{"member", "001"}, {"reason", "\u3000"}})), "logs.reason_length");
  EXPECT_EQ(act("erase", {{"member", "001"}, {"reason", "本人要求"}}).status, 200);
  EXPECT_EQ(rows("/api/v1/roster").size(), 0u);
  std::vector<std::string> kinds;
  for (const auto& row : rows("/api/v1/journal")) kinds.push_back(get_string(row.as_object(), "kind"));
  EXPECT_THAT(kinds, testing::UnorderedElementsAre("roster.imported", "person.merged", "person.moved_out",
                                                   "person.erased"));
}

TEST_F(RosterRoutes, RefuseAGroupThatNobodyIsInUnlessItIsSaidTwice) {
  station_.courseware("a.mp4");
  station_.enrol();
  const auto add = [&](const std::string& groups) {
    return station_.post(
        "/api/v1/programmes",
        R"({"title":"a","kind":"group","rundown":[1],"local_start":"2026-11-22 19：30","groups":)" + groups +
            "}");
  };
  const auto refused = add(R"(["第一支书"])");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(code_of(refused), "people.unknown_group");
  EXPECT_THAT(refused.body, HasSubstr("第一支部"));
  const auto added = add(R"(["第一 支部","第三支部","第三支部"])");
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(json::serialize(object_of(added).at("groups")), R"(["第一支部","第三支部"])");
  EXPECT_EQ(code_of(station_.get("/api/v1/roster", {{"group", "第二支部"}})), "people.unknown_group");
}

TEST_F(RosterRoutes, RefuseAPeriodThatEndsBeforeItBegins) {
  for (const char* path : {"/api/v1/sessions", "/api/v1/books/storage"}) {
    const auto answer = station_.get(path, {{"from", "2026-11-30"}, {"to", "2026年11月1日"}});
    EXPECT_EQ(code_of(answer), "web.period") << path;
  }
}

TEST_F(RosterRoutes, RefuseAnExcuseThatSaysNothing) {
  station_.enrol();
  const auto session = std::to_string(open_session());
  for (const char* reason : {"", " ", "\u3000", "a\tb", "a\nb", "\x7F"}) {
    const auto body = json::serialize(json::object{{"member", "001"}, {"reason", reason}});
    const auto code = code_of(station_.post("/api/v1/sessions/" + session + "/excuse", body));
    EXPECT_TRUE(code == "logs.reason_length" || code == "logs.reason_characters") << reason;
  }
  EXPECT_EQ(code_of(station_.post("/api/v1/sessions/" + session + "/visitors", R"({"count":-1})")),
            "logs.visitors_range");
}

TEST_F(RosterRoutes, GiveARosterToFillIn) {
  const auto given = station_.get("/api/v1/roster/template");
  EXPECT_THAT(given.content_type, StartsWith("text/csv"));
  EXPECT_EQ(station_.post("/api/v1/roster", given.body, "text/csv").status, 200);
}

TEST_F(RosterRoutes, RecordARosterImportWithoutNames) {
  station_.enrol();
  const auto journal = rows("/api/v1/journal");
  ASSERT_EQ(journal.size(), 1u);
  EXPECT_EQ(get_string(journal[0].as_object(), "kind"), "roster.imported");
  EXPECT_THAT(json::serialize(journal), Not(HasSubstr("王建国")));
}

TEST_F(RosterRoutes, NameEachBadLineOfARosterAndImportNothing) {
  const auto answer =
      station_.post("/api/v1/roster", "编号,姓名,类别\n1,张三,党员\n1,李四,党员\n2,,党员\n", "text/csv");
  EXPECT_EQ(answer.status, 400);
  const auto body = object_of(answer);
  ASSERT_EQ(get_array(body, "errors").size(), 2u);
  EXPECT_EQ(get_int(get_array(body, "errors")[0].as_object(), "line"), 3);
  EXPECT_THAT(get_string(body, "detail"), HasSubstr("4"));
  EXPECT_EQ(rows("/api/v1/roster").size(), 0u);
  EXPECT_EQ(rows("/api/v1/journal").size(), 0u);
}

}  // namespace
}  // namespace edu::web
