// What people type: Chinese values and signs, slips, and what is said to them.
#include "app/cli_words.h"

#include <gmock/gmock.h>

#include "base/json.h"
#include "cli_bench.h"

namespace edu::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class CliWords : public test::CliTest {
 protected:
  test::Outcome run(std::vector<std::string> arguments, const std::string& language = "en") {
    return CliTest::run(std::move(arguments), {}, language);
  }
};

TEST_F(CliWords, ChineseValuesAndSignsAreTaken) {
  station_.answer("POST /api/v1/programmes", "added\n");
  const auto outcome =
      run({"programme", "add", "——title", "果树", "--start", "2026年12月5日 19：30", "--courseware",
           "1，KJ000002、３", "--kind", "集中", "--group", "一组、二组", "--exdate", "2026-12-12 9:30"});
  ASSERT_EQ(outcome.exit, Exit::done) << outcome.err;
  EXPECT_EQ(get_string(sent(), "local_start"), "2026-12-05T19:30:00");
  EXPECT_EQ(json::serialize(sent().at("rundown")), R"(["1","KJ000002","3"])");
  EXPECT_EQ(get_string(sent(), "kind"), "group");
  EXPECT_EQ(get_array(sent(), "groups").size(), 2u);
  EXPECT_EQ(json::serialize(sent().at("exdates")), R"(["2026-12-12T09:30:00"])");
}

TEST_F(CliWords, BooksAreNamedInChinese) {
  station_.answer("GET /api/v1/books/playback", "book\n");
  for (const char* name : {"播放", "播放记录簿", "Playback"})
    EXPECT_EQ(run({"book", name, "--from", "2026/11/1", "--format", "表格"}).exit, Exit::done) << name;
  EXPECT_EQ(station_.last().parameter("from"), "2026-11-01");
  EXPECT_EQ(station_.last().parameter("format"), "table");
}

TEST_F(CliWords, NumbersMayBeWideAndExcusesHaveWideSigns) {
  station_.answer("POST /api/v1/sessions/5/excuse", "done\n");
  ASSERT_EQ(run({"sign-in", "５", "--excuse", "017＝生病"}).exit, Exit::done);
  EXPECT_EQ(get_string(sent(), "member"), "017");
  EXPECT_EQ(get_string(sent(), "reason"), "生病");
  station_.answer("POST /api/v1/sessions/5/sign-in", "done\n");
  ASSERT_EQ(run({"sign-in", "5", "017", "--means", "扫码"}).exit, Exit::done);
  EXPECT_EQ(get_string(sent(), "means"), "qr");
}

TEST_F(CliWords, HoursAndRepeatsAreTaken) {
  station_.answer("POST /api/v1/sources", "added\n");
  ASSERT_EQ(
      run({"source", "add", "县", "http://x/", "--window", "22：00至6:00", "--trust", "必须签名"}, "zh").exit,
      Exit::done);
  EXPECT_EQ(get_string(sent(), "window"), "22:00-06:00");
  EXPECT_EQ(get_string(sent(), "trust"), "required");
  station_.answer("POST /api/v1/recordings", "planned\n");
  ASSERT_EQ(
      run({"record", "add", "县台", "--at", "2026-12-05 9:30", "--duration", "30", "--repeat", "每周"}).exit,
      Exit::done);
  EXPECT_EQ(get_string(sent(), "rrule"), "FREQ=WEEKLY");
}

TEST_F(CliWords, TheNearestCommandOptionAndValueAreNamed) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"libary", "list"}, "edustation library"},
      {{"library", "lst"}, "edustation library list"},
      {{"import", "a.mp4"}, "edustation library import"},
      {{"roster", "import", "a.csv", "--dryrun"}, "--dry-run"},
      {{"book", "playbak"}, "playback"},
      {{"programme", "add", "--title", "a", "--start", "2026-12-05 19:30", "--courseware", "1", "--kind",
        "grup"},
       "group"}};
  for (const auto& [arguments, wanted] : cases) {
    const auto outcome = run(arguments);
    EXPECT_EQ(outcome.exit, Exit::usage);
    EXPECT_THAT(outcome.err, HasSubstr(wanted)) << testing::PrintToString(arguments);
  }
}

// "show" is below other groups, but none of those is below "account".
TEST_F(CliWords, NoCommandIsPutTogetherOfTwo) {
  const auto outcome = run({"account", "show"});
  EXPECT_EQ(outcome.exit, Exit::usage);
  EXPECT_THAT(outcome.err, testing::Not(HasSubstr("account library")));
  EXPECT_THAT(outcome.err, HasSubstr("passwd")) << "what there is";
}

TEST_F(CliWords, WhatIsMissingOrTooMuchIsSaidInTheReadersLanguage) {
  const std::vector<std::vector<std::string>> cases{{},
                                                    {"frobnicate"},
                                                    {"library"},
                                                    {"library", "show"},
                                                    {"library", "show", "x"},
                                                    {"timeline", "--days", "0"},
                                                    {"timeline", "--days"},
                                                    {"timeline", "--days", "many"},
                                                    {"status", "extra"},
                                                    {"status", "--strange"},
                                                    {"book", "x"},
                                                    {"participation", "--month", "2026-11", "--session", "2"},
                                                    {"programme", "add", "--title", "a"},
                                                    {"sign-in", "5", "--visitors", "-1"},
                                                    {"book", "playback", "--from", "2026-13-01"},
                                                    {"status", "--lang", "fr"}};
  for (const auto& arguments : cases) {
    const auto outcome = run(arguments, "zh");
    EXPECT_EQ(outcome.exit, Exit::usage) << testing::PrintToString(arguments);
    for (const char* word : {"required", "Required", "expected", "argument", "following", "Value", "not in",
                             "excludes", "missing", "Could", "is no"})
      EXPECT_THAT(outcome.err, Not(HasSubstr(word))) << testing::PrintToString(arguments);
  }
  EXPECT_THAT(run({"programme", "add", "--title", "a"}, "zh").err, HasSubstr("缺少：--start、--courseware"));
  EXPECT_THAT(run({"sign-in", "5", "--visitors", "-1"}, "zh").err, HasSubstr("0 到 10000"));
  EXPECT_THAT(run({"timeline", "--days"}, "zh").err, HasSubstr("--days"));
}

TEST_F(CliWords, NumbersAreTakenAsTheStationWritesThem) {
  station_.answer("POST /api/v1/sessions/5/sign-in", "done\n");
  for (const char* session : {"5", "第5场", "第 5 场", "５", "第5场集中学习"})
    EXPECT_EQ(run({"sign-in", session, "001"}).exit, Exit::done) << session;
  station_.answer("GET /api/v1/programmes/2", "shown\n");
  for (const char* programme : {"2号节目", "2 号", "P2"})
    EXPECT_EQ(run({"programme", "show", programme}).exit, Exit::done) << programme;
  EXPECT_EQ(run({"sign-in", "第场", "001"}).exit, Exit::usage);
  EXPECT_THAT(run({"programme", "add", "--title", "a", "--courseware", "1", "--start", "9:30"}, "zh").err,
              HasSubstr("“9:30”不是时间，应写成 2026-11-22 19:30"));
}

TEST_F(CliWords, WhatIsRemovedIsNamedAndAskedAlsoOfAScript) {
  station_.answer("GET /api/v1/roster",
                  R"({"rows":[{"number":"001","name":"王建国"},{"number":"2","name":"李四"}]})");
  EXPECT_THAT(run({"roster", "erase", "1", "--reason", "本人要求"}, "zh").err,
              HasSubstr("注销 001 王建国 吗"));
  EXPECT_THAT(run({"roster", "merge", "李四", "００１"}, "zh").err, HasSubstr("2 李四 就是 001 王建国"));
  station_.answer("GET /api/v1/recordings", R"({"rows":[{"plan":"3","channel":"县台","title":"晚间新闻"}]})");
  const auto plan = run({"record", "remove", "3"}, "zh");
  EXPECT_EQ(plan.exit, Exit::refused);
  EXPECT_THAT(plan.err, HasSubstr("晚间新闻"));
  EXPECT_THAT(plan.err, HasSubstr("--yes"));
  const auto source = run({"source", "remove", "县目录"}, "zh");
  EXPECT_EQ(source.exit, Exit::refused);
  EXPECT_THAT(source.err, HasSubstr("县目录"));
  station_.answer("POST /api/v1/sources/remove", "removed\n");
  EXPECT_EQ(run({"source", "remove", "县目录", "——yes"}).exit, Exit::done);
}

TEST_F(CliWords, TheStationsLanguageIsSpokenWhateverTheEnvironmentSays) {
  web::Response station;
  station.headers.emplace_back("Content-Language", "en");
  station_.answer("GET /api/v1/station", station);
  const test::Setting chinese{.environment = {{"LANG", "zh_CN.UTF-8"}}};
  EXPECT_THAT(test::run_cli({"--station", station_.folder(), "--help"}, chinese).out, HasSubstr("Usage"));
  EXPECT_THAT(test::run_cli({"--station", station_.folder(), "frobnicate"}, chinese).err,
              HasSubstr("no command"));
  station_.answer("GET /api/v1/status", "ok\n");
  EXPECT_EQ(test::run_cli({"--station", station_.folder(), "status"}, chinese).out, "ok\n");
  EXPECT_EQ(station_.last().header("accept-language"), "");
  EXPECT_THAT(test::run_cli({"--station", station_.folder(), "--lang", "中文", "--help"}).out,
              HasSubstr("用法"));
}

TEST(Arguments, AreAsTheyWereMeant) {
  EXPECT_THAT(as_meant({"——yes", "－－kind", "—h", "--group", "一，二", "--courseware=1，2", "－5", "—"}),
              ElementsAre("--yes", "--kind", "-h", "--group", "一,二", "--courseware=1,2", "－5", "—"));
}

}  // namespace
}  // namespace edu::app
