#include "web/http/answers.h"

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
  table.rows = {{"1", "=苹果"}};
  return table;
}

TEST(Answers, GiveATableInTheFormThatIsAccepted) {
  EXPECT_EQ(table_answer(asking(""), apples()).content_type, "application/json");
  EXPECT_EQ(table_answer(asking("*/*"), apples()).content_type, "application/json");
  EXPECT_THAT(table_answer(asking("text/csv"), apples()).content_type, StartsWith("text/csv"));
  EXPECT_THAT(table_answer(asking("text/plain;q=0.9, */*;q=0.1"), apples()).content_type,
              StartsWith("text/plain"));
  EXPECT_THAT(table_answer(asking("text/*"), apples()).content_type, StartsWith("text/csv"));
  EXPECT_EQ(table_answer(asking("image/png"), apples()).status, 406);
}

TEST(Answers, LetTheFormatOfTheQueryWin) {
  EXPECT_THAT(table_answer(asking("application/json", "csv"), apples()).body, HasSubstr("'=苹果"));
  EXPECT_THAT(table_answer(asking("image/png", "table"), apples()).body, StartsWith("Apples\n"));
  EXPECT_EQ(table_answer(asking("", "xlsx"), apples()).status, 400);
}

TEST(Answers, ShowTheTableItself) {
  const auto json = json::parse(table_answer(asking(""), apples()).body).as_object();
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
  EXPECT_EQ(status_of(Kind::invalid), 400);
  EXPECT_EQ(status_of(Kind::not_found), 404);
  EXPECT_EQ(status_of(Kind::conflict), 409);
  EXPECT_EQ(status_of(Kind::no_space), 507);
  EXPECT_EQ(status_of(Kind::unavailable), 503);
  for (const auto kind : {Kind::invalid, Kind::not_found, Kind::conflict, Kind::no_space, Kind::unavailable})
    EXPECT_TRUE(has_text(Language::en, "web.status_" + std::to_string(status_of(kind))));
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
