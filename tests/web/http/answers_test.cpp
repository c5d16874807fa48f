#include "web/http/answers.h"

#include <map>

#include <gmock/gmock.h>

namespace edu::web {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Request asking(const std::string& accept, const std::string& format = "") {
  Request request;
  request.language = Language::en;
  if (!accept.empty()) request.headers["accept"] = accept;
  if (!format.empty()) request.query["format"] = format;
  return request;
}

Table apples() {
  Table table;
  table.title = "Apples";
  table.columns = {{"no", "No."}, {"title", "Title"}};
  table.rows = {{Count{1}, "=苹果"}};
  return table;
}

// What a client gets of it.
Response shown(const Request& request) {
  auto answer = table_answer(request, apples());
  return answer ? *std::move(answer) : problem(request.language, answer.error());
}

TEST(Answers, GiveATableInTheFormThatIsAccepted) {
  EXPECT_EQ(shown(asking("")).content_type, "application/json");
  EXPECT_EQ(shown(asking("*/*")).content_type, "application/json");
  EXPECT_THAT(shown(asking("text/csv")).content_type, StartsWith("text/csv"));
  EXPECT_THAT(shown(asking("text/plain;q=0.9, */*;q=0.1")).content_type, StartsWith("text/plain"));
  EXPECT_THAT(shown(asking("text/*")).content_type, StartsWith("text/csv"));
  EXPECT_EQ(shown(asking("image/png")).status, 406);
}

TEST(Answers, LetTheFormatOfTheQueryWin) {
  EXPECT_THAT(shown(asking("application/json", "csv")).body, HasSubstr("'=苹果"));
  EXPECT_THAT(shown(asking("image/png", "table")).body, StartsWith("Apples\n"));
  EXPECT_EQ(shown(asking("", "xlsx")).status, 400);
}

TEST(Answers, ShowTheTableItself) {
  const auto json = json::parse(shown(asking("")).body).as_object();
  EXPECT_EQ(json.at("title"), "Apples");
  EXPECT_EQ(json.at("rows").as_array().at(0).as_object().at("title"), "=苹果");
}

TEST(Answers, PutARefusalIntoWordsAndKeepItsCode) {
  const Refusal refusal{"web.format", {{"format", "xlsx"}}, Refusal::Kind::conflict};
  const auto response = problem(Language::en, refusal);
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(response.content_type, "application/problem+json");
  const auto body = json::parse(response.body).as_object();
  EXPECT_EQ(body.at("type"), "urn:edustation:problem:web.format");
  EXPECT_EQ(body.at("status"), 409);
  EXPECT_EQ(body.at("code"), "web.format");
  EXPECT_EQ(body.at("args").as_object().at("format"), "xlsx");
  EXPECT_THAT(get_string(body, "detail"), HasSubstr("xlsx"));
  EXPECT_NE(get_string(json::parse(problem(Language::zh, refusal).body).as_object(), "title"),
            get_string(body, "title"));
}

TEST(Answers, KnowAStatusAndATitleForEachKind) {
  using Kind = Refusal::Kind;
  const std::map<Kind, int> statuses{{Kind::invalid, 400},
                                     {Kind::not_found, 404},
                                     {Kind::conflict, 409},
                                     {Kind::no_space, 507},
                                     {Kind::unavailable, 503}};
  for (const auto& [kind, status] : statuses) {
    EXPECT_EQ(status_of({"x", {}, kind}), status);
    EXPECT_TRUE(has_text(Language::en, "web.status_" + std::to_string(status)));
  }
}

TEST(Answers, ReadABodyThatIsOneJsonObject) {
  Request request;
  request.body = R"({"path": "/a"})";
  EXPECT_EQ(get_string(*json_body(request), "path"), "/a");
}

TEST(Answers, RefuseABodyThatIsNot) {
  for (const auto* body : {"", "{", "[1]", "1", "{\"a\":1} x", "{\"a\":\"\xFF\"}"}) {
    Request request;
    request.body = body;
    EXPECT_FALSE(json_body(request)) << body;
  }
  Request deep;
  deep.body = std::string(100'000, '[');
  EXPECT_EQ(json_body(deep).error().code, "web.body_json");
}

}  // namespace
}  // namespace edu::web
