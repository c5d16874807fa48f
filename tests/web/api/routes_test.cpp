// Long: each case asks the same station.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/web/station_bench.h"

namespace edu::web {
namespace {

using test::code_of;
using test::object_of;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Routes : public testing::Test {
 protected:
  json::array rows(const std::string& path, std::map<std::string, std::string, std::less<>> query = {}) {
    const auto answer = station_.get(path, std::move(query));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return get_array(object_of(answer), "rows");
  }
  // A programme this evening at 19:30 of one courseware of ten minutes.
  Response add_programme(const std::string& start = "2026-11-22 19:30") {
    return station_.post(
        "/api/v1/programmes",
        R"({"title":"果树修剪","kind":"group","rundown":[1],"local_start":")" + start + "\"}");
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

TEST_F(Routes, ImportAFileAndListIt) {
  const auto answer = station_.post("/api/v1/library",
                                    json::serialize(json::object{{"path", station_.film("a.mp4", "film")}}));
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(get_string(object_of(answer), "outcome"), "stored");
  EXPECT_THAT(get_string(object_of(answer), "text"), HasSubstr("KJ000001"));
  ASSERT_EQ(rows("/api/v1/library").size(), 1u);
  EXPECT_EQ(rows("/api/v1/library", {{"text", "nothing like it"}}).size(), 0u);
}

TEST_F(Routes, TellADuplicateAndARefusalOfAnImport) {
  station_.courseware("a.mp4");
  const auto again = station_.post("/api/v1/library",
                                   json::serialize(json::object{{"path", station_.film("b.mp4", "a.mp4")}}),
                                   "application/json", "text/plain");
  EXPECT_EQ(again.status, 200);
  EXPECT_THAT(again.body, HasSubstr("KJ000001"));
  const auto bad = station_.post("/api/v1/library",
                                 json::serialize(json::object{{"path", station_.film("c.mp4", "bad")}}));
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(code_of(bad), "receiver.nothing_to_play");
  EXPECT_THAT(get_string(object_of(bad), "detail"), HasSubstr("c.mp4"));
  EXPECT_EQ(get_int(object_of(bad), "reception"), 3);
  EXPECT_EQ(rows("/api/v1/books/reception").size(), 3u);
}

TEST_F(Routes, ImportAFileWhoseNameIsNotUtf8) {
  station_.film("\xCD\xF5.mp4", "film");
  const auto answer = station_.post(
      "/api/v1/library",
      json::serialize(json::object{{"path_percent", station_.folder().string() + "/%CD%F5.mp4"}}));
  EXPECT_EQ(answer.status, 201) << answer.body;
}

TEST_F(Routes, AFolderIsTakenInWithALineForEachFile) {
  station_.film("a.mp4", "a");
  station_.film("b.mp4", "bad");
  const auto body = json::serialize(json::object{{"path", station_.folder().string()}});
  const auto answer = station_.post("/api/v1/library", body);
  EXPECT_EQ(answer.status, 201) << answer.body;
  const auto taken = object_of(answer);
  ASSERT_EQ(get_array(taken, "receptions").size(), 2u);
  EXPECT_EQ(get_string(get_array(taken, "receptions")[1].as_object(), "outcome"), "refused");
  EXPECT_THAT(get_string(taken, "text"), HasSubstr("courseware KJ000001"));
  EXPECT_THAT(get_string(taken, "text"), HasSubstr("\nNot received: b.mp4"));
  std::filesystem::remove(station_.folder() / "a.mp4");
  const auto refused = station_.post("/api/v1/library", body);
  EXPECT_GE(refused.status, 400);
  EXPECT_THAT(get_string(object_of(refused), "detail"), HasSubstr("b.mp4"));
}

TEST_F(Routes, AnImportIsReadWithTheRightsOfWhoNamesIt) {
  const auto path = station_.film("a.mp4", "film");
  const std::string manifest = R"({"title": "果树修剪"})";
  const auto beside = station_.film("a.mp4.manifest.json", manifest);
  const auto open = [](const std::string& file) {
    return std::make_shared<Fd>(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  };
  auto request = test::StationBench::posted("/api/v1/library", json::serialize(json::object{{"path", path}}));
  request.caller.uid = ::geteuid() + 4711;  // neither root nor the station
  EXPECT_EQ(code_of(station_.ask(request)), "web.descriptor");
  auto of_folder = test::StationBench::posted(
      "/api/v1/library", json::serialize(json::object{{"path", station_.folder().string()}}));
  of_folder.caller = request.caller;
  EXPECT_EQ(code_of(station_.ask(of_folder)), "web.descriptor");
  EXPECT_EQ(rows("/api/v1/books/reception").size(), 0u);

  // That they may open a folder says nothing of what is in it; a DVD-Video that all may read is another
  // matter.
  of_folder.body = json::serialize(
      json::object{{"path", station_.folder().string()}, {"descriptors", json::array{"file"}}});
  of_folder.descriptors = {open(station_.folder().string())};
  EXPECT_EQ(code_of(station_.ask(of_folder)), "web.descriptor");
  EXPECT_EQ(rows("/api/v1/books/reception").size(), 0u);

  request.descriptors = {open(path), open(beside)};
  request.body = json::serialize(json::object{{"path", path}, {"descriptors", {"file", "manifest"}}});
  std::filesystem::rename(path, path + ".hidden");  // the station itself does not find it
  const auto answer = station_.ask(request);
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(get_string(object_of(answer), "title"), "果树修剪");
  request.descriptors.pop_back();
  EXPECT_EQ(code_of(station_.ask(request)), "web.member_type");
}

TEST_F(Routes, WhatNobodyCallsMediaAndIsNoneLeavesNoRecord) {
  const auto path = station_.film("notes.bin", "bad");
  auto request = test::StationBench::posted(
      "/api/v1/library", json::serialize(json::object{
                             {"path", path}, {"only_media", true}, {"descriptors", json::array{"file"}}}));
  request.descriptors = {std::make_shared<Fd>(::open(path.c_str(), O_RDONLY | O_CLOEXEC))};
  const auto answer = station_.ask(request);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(get_string(object_of(answer), "outcome"), "passed");
  EXPECT_EQ(rows("/api/v1/books/reception").size(), 0u);
}

TEST_F(Routes, SayWhatIsWrongWithABody) {
  EXPECT_EQ(code_of(station_.post("/api/v1/library", "{")), "web.body_json");
  EXPECT_EQ(code_of(station_.post("/api/v1/library", "{}")), "web.member_missing");
  EXPECT_EQ(code_of(station_.post("/api/v1/library", R"({"path":7})")), "web.member_type");
  EXPECT_EQ(code_of(station_.post("/api/v1/library", "{\"path\":\"/\xFF\"}")), "web.body_json");
  EXPECT_EQ(code_of(station_.post("/api/v1/library/1/pin", R"({"pinned":"yes"})")), "web.member_type");
  EXPECT_EQ(station_.post("/api/v1/library", R"({"path":"/none"})").status, 404);
}

TEST_F(Routes, ShowOneCoursewareByEitherFormOfItsNumber) {
  station_.courseware("a.mp4");
  for (const auto* no : {"1", "KJ000001"}) {
    const auto shown = object_of(station_.get(std::string("/api/v1/library/") + no));
    EXPECT_EQ(get_int(shown, "duration_ms"), 600'000);
    EXPECT_EQ(shown.at("pinned"), false);
  }
  EXPECT_THAT(station_.get("/api/v1/library/1", {}, "text/plain").body, HasSubstr("Title"));
  EXPECT_EQ(station_.get("/api/v1/library/9").status, 404);
  EXPECT_EQ(station_.get("/api/v1/library/../etc").status, 404);
  EXPECT_EQ(station_.get("/api/v1/library/x").status, 400);
}

TEST_F(Routes, GiveThePosterOfACourseware) {
  station_.courseware("a.mp4");
  const auto poster = station_.get("/api/v1/library/1/poster");
  EXPECT_EQ(poster.status, 200);
  EXPECT_EQ(poster.content_type, "image/jpeg");
  EXPECT_EQ(poster.body, "\xFF\xD8 a picture");
  EXPECT_EQ(station_.get("/api/v1/library/2/poster").status, 404);
}

TEST_F(Routes, PinAndRemoveACourseware) {
  station_.courseware("a.mp4");
  EXPECT_EQ(station_.post("/api/v1/library/1/pin", R"({"pinned":true})").status, 200);
  const std::string remove = R"({"reason":"outdated","approved_by":"Li"})";
  EXPECT_EQ(station_.post("/api/v1/library/1/remove", remove).status, 409);
  EXPECT_EQ(station_.post("/api/v1/library/1/pin", R"({"pinned":false})").status, 200);
  EXPECT_EQ(station_.post("/api/v1/library/1/remove", R"({"reason":"outdated"})").status, 400);
  EXPECT_EQ(
      code_of(station_.post("/api/v1/library/1/remove", R"({"reason":"out\u0007","approved_by":"Li"})")),
      "web.control_characters");
  EXPECT_EQ(code_of(station_.post("/api/v1/library/1/remove", R"({"reason":" ","approved_by":"Li"})")),
            "library.reason_missing");
  EXPECT_EQ(station_.post("/api/v1/library/1/remove", remove).status, 200);
  EXPECT_EQ(rows("/api/v1/library").size(), 0u);
  EXPECT_EQ(rows("/api/v1/library", {{"removed", "1"}}).size(), 1u);
  EXPECT_EQ(station_.get("/api/v1/library/1/poster").status, 404);
}

TEST_F(Routes, KeepWhatAProgrammeNeeds) {
  station_.courseware("a.mp4");
  add_programme();
  const auto answer = station_.post("/api/v1/library/1/remove", R"({"reason":"x","approved_by":"Li"})");
  EXPECT_EQ(answer.status, 409);
  EXPECT_THAT(answer.body, HasSubstr("果树修剪"));
}

TEST_F(Routes, AddShowAndCancelAProgramme) {
  station_.courseware("a.mp4");
  const auto added = add_programme();
  EXPECT_EQ(added.status, 201) << added.body;
  EXPECT_THAT(get_string(object_of(added), "text"), HasSubstr("22 Nov 2026 19:30"));
  ASSERT_EQ(rows("/api/v1/timeline").size(), 1u);
  EXPECT_EQ(rows("/api/v1/programmes").size(), 1u);
  EXPECT_EQ(get_string(object_of(station_.get("/api/v1/programmes/1")), "title"), "果树修剪");
  EXPECT_THAT(station_.get("/api/v1/programmes/1", {}, "text/plain").body, HasSubstr("果树修剪"));
  EXPECT_EQ(station_.get("/api/v1/programmes/2").status, 404);

  EXPECT_EQ(code_of(station_.post("/api/v1/programmes/1/cancel", "{}")), "web.member_missing");
  EXPECT_EQ(code_of(station_.post("/api/v1/programmes/1/cancel", R"({"reason":"x","on":"soon"})")),
            "web.local_time");
  for (const char* reason : {" ", "\u3000", ""})
    EXPECT_EQ(code_of(station_.post("/api/v1/programmes/1/cancel",
                                    json::serialize(json::object{{"reason", reason}}))),
              "scheduler.text_missing");
  for (const char* reason : {"a\x07", "a\nb", "\x1b[31m"})
    EXPECT_EQ(code_of(station_.post("/api/v1/programmes/1/cancel",
                                    json::serialize(json::object{{"reason", reason}}))),
              "web.control_characters");
  EXPECT_EQ(station_.post("/api/v1/programmes/1/cancel", R"({"reason":"power cut"})").status, 200);
  EXPECT_EQ(rows("/api/v1/timeline").size(), 0u);
}

TEST_F(Routes, RefuseAProgrammeThatOverlapsAndNameTheOther) {
  station_.courseware("a.mp4");
  add_programme();
  const auto answer = add_programme("2026-11-22 19:35");
  EXPECT_EQ(answer.status, 409) << answer.body;
  EXPECT_THAT(get_string(object_of(answer), "detail"), HasSubstr("果树修剪"));
  EXPECT_EQ(add_programme("2020-01-01 10:00").status, 400);
}

TEST_F(Routes, BoundTheTimeline) {
  EXPECT_EQ(station_.get("/api/v1/timeline", {{"days", "366"}}).status, 200);
  for (const auto* days : {"0", "367", "-1", "many", "99999999999999999999"})
    EXPECT_EQ(code_of(station_.get("/api/v1/timeline", {{"days", days}})), "web.days") << days;
}

TEST_F(Routes, SignInAndOutExcuseAndCount) {
  station_.enrol();
  const auto session = "/api/v1/sessions/" + std::to_string(open_session());
  const auto in = station_.post(session + "/sign-in", R"({"members":["001","李秀英"],"means":"paper"})");
  EXPECT_EQ(in.status, 200) << in.body;
  EXPECT_EQ(get_array(object_of(in), "done").size(), 2u);
  const auto again =
      station_.post(session + "/sign-in", R"({"members":["001"]})", "application/json", "text/plain");
  EXPECT_THAT(again.body, HasSubstr("Signed in before 1"));
  EXPECT_EQ(station_.post(session + "/sign-out", R"({"members":["001"]})").status, 200);
  EXPECT_EQ(station_.post(session + "/visitors", R"({"count":3})").status, 200);
  EXPECT_EQ(station_.post(session + "/excuse", R"({"member":"002","reason":"ill"})").status,
            409);  // is there
  EXPECT_EQ(station_.post(session + "/excuse", R"({"member":"001","reason":"ill"})").status, 200);
  EXPECT_EQ(rows("/api/v1/sessions").size(), 1u);
  EXPECT_EQ(rows(session).size(), 2u);
  EXPECT_EQ(rows("/api/v1/sessions", {{"to", "2026-11-21"}}).size(), 0u);
}

TEST_F(Routes, RefuseASignInThatCannotBe) {
  station_.enrol();
  const auto session = "/api/v1/sessions/" + std::to_string(open_session());
  EXPECT_EQ(station_.post(session + "/sign-in", R"({"members":["nobody"]})").status, 404);
  EXPECT_EQ(station_.post("/api/v1/sessions/99/sign-in", R"({"members":["001"]})").status, 404);
  EXPECT_EQ(code_of(station_.post(session + "/sign-in", R"({"members":[]})")), "web.member_missing");
  EXPECT_EQ(code_of(station_.post(session + "/sign-in", R"({"members":[1]})")), "web.member_type");
  EXPECT_EQ(code_of(station_.post(session + "/sign-in", R"({"members":["001"],"means":"shout"})")),
            "web.means");
  EXPECT_EQ(code_of(station_.post(session + "/visitors", R"({"count":"3"})")), "web.member_type");
  EXPECT_EQ(code_of(station_.post("/api/v1/sessions/x/sign-in", R"({"members":["001"]})")), "web.number");
}

TEST_F(Routes, GiveEveryBookInEveryForm) {
  station_.courseware("a.mp4");
  for (const auto* book : {"reception", "storage", "playback", "attendance"}) {
    const auto path = std::string("/api/v1/books/") + book;
    EXPECT_EQ(station_.get(path).content_type, "application/json");
    EXPECT_THAT(station_.get(path, {{"format", "csv"}}).body, StartsWith("\xEF\xBB\xBF"));
    EXPECT_THAT(station_.get(path, {{"format", "table"}}).content_type, StartsWith("text/plain"));
  }
  EXPECT_EQ(rows("/api/v1/books/reception", {{"from", "2026-11-22"}, {"to", "2026-11-22"}}).size(), 1u);
  EXPECT_EQ(rows("/api/v1/books/reception", {{"from", "2026-11-23"}}).size(), 0u);
  EXPECT_EQ(station_.get("/api/v1/books/cookery").status, 404);
  EXPECT_EQ(code_of(station_.get("/api/v1/books/storage", {{"from", "22.13.2026"}})), "web.date");
}

TEST_F(Routes, GiveParticipationOfAMonthOrASession) {
  station_.enrol();
  const auto session = std::to_string(open_session());
  EXPECT_EQ(station_.get("/api/v1/participation").status, 200);
  EXPECT_EQ(station_.get("/api/v1/participation", {{"month", "2026-11"}, {"by", "group"}}).status, 200);
  EXPECT_EQ(station_.get("/api/v1/participation", {{"session", "99"}}).status, 404);
  EXPECT_EQ(code_of(station_.get("/api/v1/participation", {{"month", "2026-13"}})), "web.month");
  EXPECT_EQ(code_of(station_.get("/api/v1/participation", {{"by", "age"}})), "web.by");
  EXPECT_EQ(code_of(station_.get("/api/v1/participation", {{"month", "2026-11"}, {"session", session}})),
            "web.month_or_session");
}

TEST_F(Routes, ShowTheJournalsTailAndVerifyIt) {
  station_.enrol();
  station_.courseware("a.mp4");
  const auto all = rows("/api/v1/journal");
  EXPECT_GE(all.size(), 3u);
  EXPECT_EQ(rows("/api/v1/journal", {{"n", "1"}}).size(), 1u);
  EXPECT_EQ(code_of(station_.get("/api/v1/journal", {{"n", "1001"}})), "web.tail");
  const auto verdict = object_of(station_.post("/api/v1/journal/verify", "{}"));
  EXPECT_EQ(verdict.at("good"), true);
  EXPECT_EQ(get_int(verdict, "checked"), static_cast<std::int64_t>(all.size()));
}

TEST_F(Routes, VerifyOnceAtATime) {
  std::vector<int> statuses;
  const auto note = [&](std::exception_ptr, Response response) { statuses.push_back(response.status); };
  for (int i = 0; i < 2; ++i)
    asio::co_spawn(station_.loop(), station_.serve(station_.posted("/api/v1/journal/verify", "{}")), note);
  while (statuses.size() < 2) {
    station_.loop().restart();
    station_.loop().run_one();
  }
  EXPECT_THAT(statuses, testing::UnorderedElementsAre(200, 503));
  EXPECT_EQ(station_.post("/api/v1/journal/verify", "{}").status, 200);
}

TEST_F(Routes, ReplayEventsThatWereMissedAndGoOnLive) {
  station_.ledger().listen([&](const logs::Record& record) { station_.context().hub.publish(record); });
  station_.enrol();
  station_.enrol();
  Request request;
  request.method = "GET";
  request.path = "/api/v1/events";
  request.headers["last-event-id"] = "1";
  const auto answer = station_.ask(request);
  EXPECT_THAT(answer.content_type, StartsWith("text/event-stream"));
  ASSERT_TRUE(answer.stream);
  const auto missed = test::run(station_.loop(), answer.stream->next());
  EXPECT_THAT(missed, HasSubstr("id: 2\nevent: roster.imported\ndata: {"));
  EXPECT_THAT(missed, Not(HasSubstr("id: 1\n")));
  station_.enrol();
  EXPECT_THAT(test::run(station_.loop(), answer.stream->next()), StartsWith("id: 3\n"));
  request.headers["last-event-id"] = "last";
  EXPECT_EQ(station_.ask(request).status, 400);
}

TEST_F(Routes, TellTheStatus) {
  station_.courseware("a.mp4");
  add_programme();
  const auto idle = object_of(station_.get("/api/v1/status"));
  EXPECT_EQ(get_string(get_object(idle, "station"), "name"), "李家村站");
  EXPECT_EQ(get_string(get_object(idle, "station"), "time_zone"), "Asia/Shanghai");
  EXPECT_EQ(get_string(get_object(idle, "clock"), "now"), "2026-11-22T18:00:00+08:00");
  EXPECT_EQ(get_string(idle, "state"), "no_deck");
  EXPECT_TRUE(idle.at("on_air").is_null());
  ASSERT_EQ(get_array(idle, "coming").size(), 1u);
  const auto& coming = get_array(idle, "coming")[0].get_object();
  EXPECT_EQ(get_string(coming, "start"), "22 Nov 19:30");
  EXPECT_EQ(get_string(get_object(coming, "values"), "start"), "2026-11-22T19:30:00+08:00");
  EXPECT_GT(get_int(get_object(idle, "space"), "total"), 0);
  EXPECT_GT(get_int(get_object(idle, "journal"), "records"), 0);
  EXPECT_THAT(station_.get("/api/v1/status", {}, "text/plain").body, HasSubstr("22 Nov 19:30 果树修剪"));
}

TEST_F(Routes, TakeAPersonsWordForTheClock) {
  EXPECT_EQ(station_.post("/api/v1/clock/confirm", "{}").status, 200);
  EXPECT_THAT(station_.confirmed_by, testing::ElementsAre("operator"));
  station_.clock_is_possible = false;
  EXPECT_EQ(station_.post("/api/v1/clock/confirm", "{}").status, 400);
  EXPECT_EQ(station_.post("/api/v1/clock/floor", R"({"at":"2026-11-28T10:00"})").status, 200);
  EXPECT_EQ(station_.floor, test::kShanghai.to_utc(parse_local_time("2026-11-28T10:00").value()));
  EXPECT_EQ(station_.post("/api/v1/clock/floor", R"({"at":"soon"})").status, 400);
}

TEST_F(Routes, TellFirstOfAllThatTheDiskTakesNothing) {
  EXPECT_TRUE(get_array(object_of(station_.get("/api/v1/status")), "alarms").empty());
  station_.disk = Refusal{"storage.full", {{"what", "database or disk is full"}}, Refusal::Kind::no_space};
  const auto alarms = get_array(object_of(station_.get("/api/v1/status")), "alarms");
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_THAT(std::string(alarms[0].get_string()), HasSubstr("The disk is full"));
  const auto text = station_.get("/api/v1/status", {}, "text/plain").body;
  EXPECT_LT(text.find("The disk is full"), text.find("idle"));
}

TEST_F(Routes, AnswerAWriteThatTheDiskDoesNotTakeWithTheReason) {
  auto unit = [](logs::Transaction& t) { return t.db.exec("PRAGMA query_only=ON"), 0; };
  test::run(station_.loop(), station_.ledger().write(unit));
  const auto roster = station_.post("/api/v1/roster", "编号,姓名,类别\n001,王建国,党员\n", "text/csv");
  EXPECT_EQ(roster.status, 507) << roster.body;
  EXPECT_THAT(roster.body, HasSubstr("cannot be written"));
}

TEST_F(Routes, TellWhichCoursesHaveNoFileAndThatImportingItAgainHelps) {
  const auto no = station_.courseware("gone.mp4");
  for (const auto& entry : fs::recursive_directory_iterator(station_.folder() / "objects"))
    if (entry.is_regular_file()) fs::remove(entry.path());
  const auto alarms = get_array(object_of(station_.get("/api/v1/status")), "alarms");
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_THAT(std::string(alarms[0].get_string()), HasSubstr("Import the same file again"));
  EXPECT_THAT(station_.get("/api/v1/library", {}, "text/plain").body,
              HasSubstr("import the same file again"));
  EXPECT_EQ(station_.courseware("gone.mp4"), no);
  EXPECT_TRUE(get_array(object_of(station_.get("/api/v1/status")), "alarms").empty());
}

TEST_F(Routes, TellWhatIsOutOfOrder) {
  EXPECT_TRUE(get_array(object_of(station_.get("/api/v1/status")), "left_out").empty());
  station_.left_out = {{"inbox", "no such folder"}};
  const auto left_out = get_array(object_of(station_.get("/api/v1/status")), "left_out");
  ASSERT_EQ(left_out.size(), 1u);
  EXPECT_EQ(get_string(left_out[0].as_object(), "part"), "inbox");
  EXPECT_THAT(station_.get("/api/v1/status", {}, "text/plain").body,
              HasSubstr("the inbox does not work: no such folder"));
}

TEST_F(Routes, TellWhatIsOnAir) {
  scheduler::OnAir::Now now;
  now.occurrence.programme = 4;
  now.occurrence.title = "果树修剪";
  now.occurrence.rundown = {{1, "第一讲", milliseconds(600'000)}};
  now.play = 1;
  now.position = milliseconds(90'000);
  now.declared = milliseconds(600'000);
  station_.playing.now = now;
  const auto status = object_of(station_.get("/api/v1/status"));
  EXPECT_EQ(get_string(status, "state"), "on_air");
  EXPECT_EQ(get_int(get_object(status, "on_air"), "position_ms"), 90'000);
  EXPECT_EQ(get_string(get_object(status, "on_air"), "item_title"), "第一讲");
  EXPECT_THAT(station_.get("/api/v1/status", {}, "text/plain").body, HasSubstr("00:01:30 / 00:10:00"));
}

TEST_F(Routes, PlanARecordingListItAndTakeItAway) {
  const auto added = station_.post(
      "/api/v1/recordings",
      R"({"channel":"县台","title":"农技","local_start":"2026-11-25 19:30","minutes":45,"rrule":"FREQ=WEEKLY"})");
  EXPECT_EQ(added.status, 201) << added.body;
  EXPECT_THAT(get_string(object_of(added), "text"), HasSubstr("25 Nov 2026 19:30"));
  const auto again = station_.post("/api/v1/recordings",
                                   R"({"channel":"县台","local_start":"2026-12-02 20:00","minutes":5})");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(code_of(again), "live.overlap");
  EXPECT_THAT(again.body, HasSubstr("农技"));
  const auto all = rows("/api/v1/recordings");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(get_string(all[0].get_object(), "start"), "25 Nov 19:30");
  EXPECT_EQ(get_string(all[0].get_object(), "end"), "25 Nov 20:15");
  EXPECT_EQ(get_string(all[0].get_object(), "repeat"), "FREQ=WEEKLY");
  EXPECT_EQ(station_.post("/api/v1/recordings/1/remove", "{}").status, 200);
  EXPECT_EQ(station_.post("/api/v1/recordings/1/remove", "{}").status, 404);
  EXPECT_EQ(rows("/api/v1/recordings").size(), 0u);
}

TEST_F(Routes, RecordByHandAndNeverShowAPassword) {
  EXPECT_EQ(code_of(station_.post("/api/v1/recordings/start", R"({"channel":"县台","minutes":"45"})")),
            "web.member_type");
  const auto started = station_.post("/api/v1/recordings/start", R"({"channel":"县台","minutes":30})");
  EXPECT_EQ(started.status, 201) << started.body;
  EXPECT_EQ(code_of(station_.post("/api/v1/recordings/start", R"({"channel":"县台"})")), "live.running");
  EXPECT_EQ(station_.post("/api/v1/recordings/start", R"({"channel":"省台"})").status, 404);
  EXPECT_EQ(code_of(station_.post("/api/v1/recordings/start", R"({})")), "web.member_missing");
  EXPECT_EQ(
      code_of(station_.post("/api/v1/recordings", R"({"channel":"县台","local_start":"noon","minutes":5})")),
      "web.local_time");
  const auto all = rows("/api/v1/recordings");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(get_string(all[0].get_object(), "end"), "22 Nov 18:30");
  for (const char* path : {"/api/v1/recordings", "/api/v1/sources", "/api/v1/status"})
    EXPECT_THAT(station_.get(path).body, Not(HasSubstr("secret"))) << path;
  EXPECT_EQ(station_.post("/api/v1/recordings/stop", R"({"channel":"县台"})").status, 200);
  EXPECT_EQ(station_.post("/api/v1/recordings/stop", R"({"channel":"省台"})").status, 404);
}

}  // namespace
}  // namespace edu::web
