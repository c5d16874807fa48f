#include <fstream>
#include <utility>

#include <gmock/gmock.h>

#include "base/json.h"
#include "cli_bench.h"

namespace edu::app {
namespace {

using test::Outcome;
using test::Setting;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

using Cli = test::CliTest;

// What is typed and what it asks of the station.
struct Asking {
  std::vector<std::string> arguments;
  std::string path, query;
};

TEST_F(Cli, AsksForWhatIsTypedAndPrintsTheAnswer) {
  const std::vector<Asking> cases{
      {{"status"}, "/api/v1/status", ""},
      {{"timeline", "--days", "3"}, "/api/v1/timeline", "days=3"},
      {{"timeline"}, "/api/v1/timeline", "days=14"},
      {{"library", "list"}, "/api/v1/library", ""},
      {{"library", "list", "--text", "果树", "--category", "a b", "--removed"},
       "/api/v1/library",
       "category=a b&removed=1&text=果树"},
      {{"library", "show", "KJ000012"}, "/api/v1/library/KJ000012", ""},
      {{"roster", "list", "--group", "第一支部"}, "/api/v1/roster", "group=第一支部"},
      {{"programme", "list"}, "/api/v1/programmes", ""},
      {{"programme", "show", "3"}, "/api/v1/programmes/3", ""},
      {{"session", "list", "--from", "2026-11-01"}, "/api/v1/sessions", "from=2026-11-01"},
      {{"session", "show", "5"}, "/api/v1/sessions/5", ""},
      {{"book", "playback", "--from", "2026-11-01", "--to", "2026-11-30", "--format", "csv"},
       "/api/v1/books/playback",
       "format=csv&from=2026-11-01&to=2026-11-30"},
      {{"book", "reception"}, "/api/v1/books/reception", "format=table"},
      {{"participation", "--month", "2026-11", "--by", "group"},
       "/api/v1/participation",
       "by=group&month=2026-11"},
      {{"participation", "--session", "7"}, "/api/v1/participation", "session=7"},
      {{"journal", "tail", "-n", "5"}, "/api/v1/journal", "n=5"}};
  for (const auto& one : cases) {
    station_.answer("GET " + one.path, "the answer\n");
    const auto outcome = run(one.arguments);
    EXPECT_EQ(outcome.exit, Exit::done) << one.path;
    EXPECT_EQ(outcome.out, "the answer\n");
    EXPECT_THAT(outcome.err, IsEmpty());
    const auto request = station_.last();
    std::string query;
    for (const auto& [name, value] : request.query) query += (query.empty() ? "" : "&") + name + "=" + value;
    EXPECT_EQ(query, one.query);
    EXPECT_THAT(request.header("accept"), StartsWith("text/plain"));
    EXPECT_EQ(request.language, Language::en);
  }
}

TEST_F(Cli, AsksForJsonWithTheOptionWhereverItStands) {
  station_.answer("GET /api/v1/status", "{}");
  for (const auto& arguments : {std::vector<std::string>{"--json", "status"}, {"status", "--json"}}) {
    EXPECT_EQ(run(arguments).exit, Exit::done);
    EXPECT_EQ(station_.last().header("accept"), "application/json");
  }
  station_.answer("GET /api/v1/books/storage", "{}");
  run({"book", "storage", "--json"});
  EXPECT_EQ(station_.last().parameter("format"), "");
}

TEST_F(Cli, SpeaksToAUrlToo) {
  station_.answer("GET /api/v1/status", "ok\n");
  const auto outcome = test::run_cli({"--station", station_.url() + "/", "status"});
  EXPECT_EQ(outcome.out, "ok\n");
  EXPECT_EQ(station_.last().transport, web::Transport::tcp);
  EXPECT_THAT(station_.last().header("host"), StartsWith("127.0.0.1:"));
  EXPECT_EQ(station_.last().language, Language::zh);
}

TEST_F(Cli, FindsTheStationInTheEnvironment) {
  station_.answer("GET /api/v1/status", "ok\n");
  const auto outcome =
      test::run_cli({"status"}, {.environment = {{"EDUSTATION_STATION", station_.folder()}}});
  EXPECT_EQ(outcome.out, "ok\n");
}

TEST_F(Cli, SaysTheProblemAsASentenceAndExitsWith1) {
  const auto outcome = run({"status"});
  EXPECT_EQ(outcome.exit, Exit::refused);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_EQ(outcome.err, text(Language::en, "refusal.web.no_route", {{"path", "/api/v1/status"}}) + "\n");
}

TEST_F(Cli, GivesTheProblemAsJsonToPrograms) {
  const auto outcome = run({"status", "--json"});
  EXPECT_EQ(outcome.exit, Exit::refused);
  EXPECT_EQ(get_string(json::parse(outcome.out).as_object(), "code"), "web.no_route");
}

TEST_F(Cli, SurvivesAnAnswerThatMakesNoSense) {
  web::Response response;
  response.status = 502;
  response.content_type = "text/html";
  response.body = "<html>";
  station_.answer("GET /api/v1/status", response);
  const auto outcome = run({"status"});
  EXPECT_EQ(outcome.exit, Exit::refused);
  EXPECT_THAT(outcome.err, HasSubstr("502"));
}

TEST_F(Cli, ExitsWith3AndSaysHowToStartTheDaemon) {
  for (const auto& station :
       {(folder_ / "nowhere").string(), folder_.path().string(), std::string("http://127.0.0.1:1")}) {
    const auto outcome = test::run_cli({"--station", station, "--lang", "en", "status"});
    EXPECT_EQ(outcome.exit, Exit::not_reachable) << station;
    EXPECT_THAT(outcome.err, HasSubstr("systemctl start edustationd"));
    EXPECT_THAT(outcome.err, HasSubstr(station));
  }
}

TEST_F(Cli, ExitsWith2OnWrongUsage) {
  const std::vector<std::vector<std::string>> cases{
      {},
      {"frobnicate"},
      {"library"},
      {"library", "show"},
      {"library", "show", "twelve"},
      {"timeline", "--days", "0"},
      {"timeline", "--days", "many"},
      {"book", "cookery"},
      {"book", "playback", "--from", "yesterday"},
      {"book", "playback", "--format", "xlsx"},
      {"participation", "--month", "2026-13"},
      {"participation", "--month", "2026-11", "--session", "2"},
      {"participation", "--by", "age"},
      {"programme", "add", "--title", "a"},
      {"programme", "add", "--title", "a", "--start", "tomorrow", "--courseware", "1"},
      {"programme", "cancel", "3"},
      {"sign-in"},
      {"sign-in", "five", "017"},
      {"sign-in", "5"},
      {"sign-in", "5", "--excuse", "017"},
      {"sign-in", "5", "017", "--means", "shouting"},
      {"sign-in", "5", "--visitors", "-1"},
      {"sign-out", "5"},
      {"journal", "tail", "-n", "0"},
      {"status", "--lang", "fr"},
      {"--station", "https://127.0.0.1", "status"},
      {"--station", "http://", "status"},
      {"--station", "http://a:b", "status"},
      {"status", "--no-such-option"}};
  for (const auto& arguments : cases) {
    auto outcome = test::run_cli(arguments);
    EXPECT_EQ(outcome.exit, Exit::usage) << testing::PrintToString(arguments);
    EXPECT_THAT(outcome.err, testing::Not(IsEmpty()));
    EXPECT_THAT(outcome.out, IsEmpty());
  }
  EXPECT_THAT(station_.requests(), IsEmpty());
}

TEST_F(Cli, AddsAProgramme) {
  station_.answer("POST /api/v1/programmes", "added\n");
  const auto outcome = run({"programme", "add", "--title", "果树修剪", "--start", "2026-11-22 19:30",
                            "--courseware", "1,KJ000002", "--rrule", "FREQ=WEEKLY", "--exdate",
                            "2026-11-29 19:30", "--group", "第一支部", "--group", "第二支部"});
  EXPECT_EQ(outcome.exit, Exit::done) << outcome.err;
  EXPECT_EQ(station_.last().header("content-type"), "application/json");
  const auto body = sent();
  EXPECT_EQ(get_string(body, "title"), "果树修剪");
  EXPECT_EQ(get_string(body, "kind"), "group");
  EXPECT_EQ(get_string(body, "local_start"), "2026-11-22 19:30");
  EXPECT_EQ(json::serialize(body.at("rundown")), R"(["1","KJ000002"])");
  EXPECT_EQ(json::serialize(body.at("exdates")), R"(["2026-11-29 19:30"])");
  EXPECT_EQ(get_array(body, "groups").size(), 2u);
}

TEST_F(Cli, RecordsLiveChannels) {
  station_.answer("POST /api/v1/recordings", "planned\n");
  const std::vector<std::string> add{"record", "add", "县台", "--at", "2026-11-25 19:30", "--duration", "45"};
  EXPECT_EQ(run(add).exit, Exit::done);
  EXPECT_EQ(json::serialize(sent()),
            R"({"channel":"县台","title":"","local_start":"2026-11-25 19:30","rrule":"","minutes":45})");
  const auto repeated = [&](const char* repeat) {
    auto arguments = add;
    arguments.insert(arguments.end(), {"--repeat", repeat});
    run(arguments);
    return get_string(sent(), "rrule");
  };
  EXPECT_EQ(repeated("weekdays"), "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR");
  EXPECT_EQ(repeated("FREQ=YEARLY"), "FREQ=YEARLY");
  station_.answer("POST /api/v1/recordings/start", "recording\n");
  EXPECT_EQ(run({"record", "start", "县台", "--minutes", "30"}).out, "recording\n");
  EXPECT_EQ(json::serialize(sent()), R"({"channel":"县台","title":"","minutes":30})");
  station_.answer("POST /api/v1/recordings/stop", "ended\n");
  EXPECT_EQ(run({"record", "stop", "县台"}).out, "ended\n");
  station_.answer("POST /api/v1/recordings/3/remove", "removed\n");
  EXPECT_EQ(run({"record", "remove", "3", "--yes"}).out, "removed\n");
  EXPECT_EQ(run({"record", "add", "县台", "--duration", "45"}).exit, Exit::usage);
  EXPECT_EQ(run({"record", "start", "县台", "--minutes", "0"}).exit, Exit::usage);
}

TEST_F(Cli, CancelsAProgrammeOrOneOccurrence) {
  station_.answer("POST /api/v1/programmes/3/cancel", "cancelled\n");
  EXPECT_EQ(run({"programme", "cancel", "3", "--reason", "power cut"}).exit, Exit::done);
  EXPECT_FALSE(sent().contains("on"));
  EXPECT_EQ(run({"programme", "cancel", "3", "--on", "2026-11-29T19:30", "--reason", "x"}).exit, Exit::done);
  EXPECT_EQ(get_string(sent(), "on"), "2026-11-29T19:30");
}

TEST_F(Cli, SignsInExcusesAndCountsVisitorsInOneGo) {
  for (const auto* what : {"sign-in", "excuse", "visitors"})
    station_.answer(std::string("POST /api/v1/sessions/5/") + what, "done\n");
  const auto outcome =
      run({"sign-in", "5", "--excuse", "021=ill = at home", "017", "王建国", "--visitors", "0"});
  EXPECT_EQ(outcome.exit, Exit::done) << outcome.err;
  const auto requests = station_.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(json::serialize(json::parse(requests[0].body).at("members")), R"(["017","王建国"])");
  EXPECT_EQ(json::parse(requests[0].body).at("means"), "roll-call");
  EXPECT_EQ(json::parse(requests[1].body).at("member"), "021");
  EXPECT_EQ(json::parse(requests[1].body).at("reason"), "ill = at home");
  EXPECT_EQ(json::parse(requests[2].body).at("count"), 0);
}

TEST_F(Cli, StopsAtTheFirstThatIsRefused) {
  station_.answer("POST /api/v1/sessions/5/visitors", "done\n");
  EXPECT_EQ(run({"sign-in", "5", "nobody", "--visitors", "3"}).exit, Exit::refused);
  EXPECT_EQ(station_.requests().size(), 1u);
}

TEST_F(Cli, ReadsARollCallFromAFileOrAPipe) {
  station_.answer("POST /api/v1/sessions/5/sign-in", "done\n");
  const auto list = file("list.txt",
                         "\xEF\xBB\xBF"
                         "017\r\n\r\n  王建国 \n018");
  EXPECT_EQ(run({"sign-in", "5", "--roll-call", list}).exit, Exit::done);
  EXPECT_EQ(json::serialize(sent().at("members")), R"(["017","王建国","018"])");
  EXPECT_EQ(run({"sign-in", "5", "--roll-call", "-"}, {.typed = "\xCD\xF5\xBD\xA8\xB9\xFA\n"}).exit,
            Exit::done);
  EXPECT_EQ(json::serialize(sent().at("members")), R"(["王建国"])");
  EXPECT_EQ(run({"sign-in", "5", "--roll-call", folder_ / "none"}).exit, Exit::refused);
}

TEST_F(Cli, SignsOut) {
  station_.answer("POST /api/v1/sessions/5/sign-out", "done\n");
  EXPECT_EQ(run({"sign-out", "5", "017"}).exit, Exit::done);
  EXPECT_EQ(json::serialize(sent().at("members")), R"(["017"])");
}

TEST_F(Cli, PinsAndUnpins) {
  station_.answer("POST /api/v1/library/12/pin", "pinned\n");
  run({"library", "pin", "12"});
  EXPECT_EQ(sent().at("pinned"), true);
  run({"library", "pin", "12", "--off"});
  EXPECT_EQ(sent().at("pinned"), false);
}

TEST_F(Cli, AsksAPersonBeforeItRemoves) {
  station_.answer("POST /api/v1/library/12/remove", "removed\n");
  const std::vector<std::string> remove{"library", "remove", "12", "--reason", "old", "--approved-by", "Li"};
  const auto no = run(remove, {.typed = "no\n", .terminal = true});
  EXPECT_EQ(no.exit, Exit::refused);
  EXPECT_THAT(no.err, HasSubstr("12"));
  EXPECT_EQ(run(remove, {.typed = "", .terminal = true}).exit, Exit::refused);
  for (const auto& request : station_.requests()) EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(run(remove, {.typed = "是\n", .terminal = true}).exit, Exit::done);
  const auto script = run(remove);
  EXPECT_EQ(script.exit, Exit::refused);
  EXPECT_THAT(script.err, HasSubstr("--yes"));
  auto sure = remove;
  sure.push_back("--yes");
  EXPECT_EQ(run(sure, {.terminal = true}).exit, Exit::done);
  EXPECT_EQ(station_.last().method, "POST");
  EXPECT_EQ(get_string(sent(), "reason"), "old");
  EXPECT_EQ(get_string(sent(), "approved_by"), "Li");
}

TEST_F(Cli, ImportsARosterAsItsBytesAre) {
  station_.answer("POST /api/v1/roster", "imported\n");
  const std::string bytes = "\xB1\xE0\xBA\xC5,\xD0\xD5\xC3\xFB\r\n";
  EXPECT_EQ(run({"roster", "import", file("r.csv", bytes)}).exit, Exit::done);
  EXPECT_EQ(station_.last().body, bytes);
  EXPECT_EQ(station_.last().header("content-type"), "text/csv");
  EXPECT_EQ(run({"roster", "import", folder_ / "none.csv"}).exit, Exit::refused);
}

TEST_F(Cli, ShowsAPersonWhatAnImportWouldChangeBeforeItDoes) {
  station_.answer("POST /api/v1/roster", R"({"text":"one would be added","plan":{"asks":false}})");
  const auto name = file("r.csv", "x");
  const auto no = run({"roster", "import", name}, {.typed = "no\n", .terminal = true});
  EXPECT_EQ(no.exit, Exit::refused);
  EXPECT_THAT(no.err, HasSubstr("one would be added"));
  ASSERT_EQ(station_.requests().size(), 1u);
  EXPECT_EQ(station_.last().parameter("dry_run"), "1");
  EXPECT_EQ(run({"roster", "import", name}, {.typed = "yes\n", .terminal = true}).exit, Exit::done);
  EXPECT_EQ(station_.last().parameter("dry_run"), "");
  EXPECT_EQ(station_.requests().size(), 3u);
}

TEST_F(Cli, AnImportThatAsksIsNotOfferedToBeDoneAnyway) {
  station_.answer("POST /api/v1/roster", R"({"text":"is it one person?","plan":{"asks":true}})");
  const auto asked = run({"roster", "import", file("r.csv", "x")}, {.typed = "yes\n", .terminal = true});
  EXPECT_EQ(asked.exit, Exit::refused);
  EXPECT_EQ(station_.requests().size(), 1u);
}

TEST_F(Cli, SaysHowTheQuestionsOfAnImportAreAnswered) {
  station_.answer("POST /api/v1/roster", "imported\n");
  run({"roster", "import", file("r.csv", "x"), "--twins", "same", "--new-groups", "--move-out", "--dry-run"});
  EXPECT_EQ(station_.last().parameter("twins"), "same");
  EXPECT_EQ(station_.last().parameter("groups"), "new");
  EXPECT_EQ(station_.last().parameter("missing"), "move-out");
  EXPECT_EQ(station_.last().parameter("dry_run"), "1");
}

TEST_F(Cli, MergesMovesOutAndErasesPeople) {
  for (const char* what : {"merge", "move-out", "erase"})
    station_.answer("POST /api/v1/roster/" + std::string(what), "done\n");
  EXPECT_EQ(run({"roster", "merge", "A17", "001"}).exit, Exit::refused);  // nobody to ask
  EXPECT_EQ(run({"roster", "merge", "A17", "001", "--yes"}).exit, Exit::done);
  EXPECT_EQ(get_string(sent(), "into"), "001");
  EXPECT_EQ(run({"roster", "move-out", "001", "--since", "2026-11-01"}).exit, Exit::done);
  EXPECT_EQ(get_string(sent(), "since"), "2026-11-01");
  const auto erase = run({"roster", "erase", "001", "--reason", "x"}, {.typed = "n\n", .terminal = true});
  EXPECT_EQ(erase.exit, Exit::refused);
  EXPECT_THAT(erase.err, HasSubstr("001"));
}

TEST_F(Cli, ExportsARosterToTheScreenOrAFile) {
  station_.answer("GET /api/v1/roster/export",
                  "\xEF\xBB\xBF"
                  "a,b\r\n");
  EXPECT_EQ(run({"roster", "export"}).out,
            "\xEF\xBB\xBF"
            "a,b\r\n");
  const auto path = folder_ / "out.csv";
  const auto outcome = run({"roster", "export", path});
  EXPECT_EQ(outcome.exit, Exit::done);
  EXPECT_THAT(outcome.out, IsEmpty());
  std::ifstream written(path, std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(written), {}),
            "\xEF\xBB\xBF"
            "a,b\r\n");
  EXPECT_EQ(run({"roster", "export", (folder_ / "none").string() + "/r.csv"}).exit, Exit::refused);
}

}  // namespace
}  // namespace edu::app
