#include "web/http/router.h"

#include <stdexcept>

#include <gmock/gmock.h>

#include "tests/support/run.h"
#include "web/http/answers.h"

namespace edu::web {
namespace {

using testing::HasSubstr;

awaitable<Result<Response>> echo(Request request) {
  json::object body;
  body["no"] = request.capture("no");
  body["method"] = request.method;
  co_return json_answer(body);
}
awaitable<Result<Response>> refuses(Request request) {
  co_return refuse("web.number", {{"value", request.capture("no")}}, Refusal::Kind::conflict);
}
awaitable<Result<Response>> fails(Request) {
  throw std::runtime_error("secret of the machine");
  co_return Response();
}

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    router_.add({"GET", "/items", "clerk", echo});
    router_.add({"POST", "/items", "clerk", echo});
    router_.add({"GET", "/items/{no}", "clerk", echo});
    router_.add({"GET", "/items/{no}/poster", "clerk", echo});
    router_.add({"POST", "/roster", "clerk", echo, "text/csv"});
    router_.add({"GET", "/fails", "clerk", fails});
    router_.add({"GET", "/refuses/{no}", "clerk", refuses});
    router_.add({"GET", "/secret", "auditor", echo});
    router_.add({"GET", "/figures", "clerk auditor", echo});
    request_.language = Language::en;
    request_.caller = {"Wang", {"clerk"}};
    request_.headers["origin"] = "http://127.0.0.1";
  }
  Response ask(const std::string& method, const std::string& path) {
    auto request = request_;
    request.method = method;
    request.path = path;
    return test::run(loop_, router_.serve(std::move(request)));
  }

  asio::io_context loop_;
  Router router_;
  Request request_;
};

TEST_F(RouterTest, FindsTheRouteAndItsCaptures) {
  EXPECT_EQ(ask("GET", "/items").status, 200);
  EXPECT_THAT(ask("GET", "/items/12").body, HasSubstr("\"no\":\"12\""));
  EXPECT_THAT(ask("GET", "/items/12/poster").body, HasSubstr("\"no\":\"12\""));
  EXPECT_THAT(ask("HEAD", "/items/12").body, HasSubstr("\"method\":\"HEAD\""));
}

TEST_F(RouterTest, AnswersNotFoundElsewhere) {
  for (const auto* path :
       {"/", "/items/", "/items/12/", "/items/12/poster/x", "/item", "//items", "/items//poster"})
    EXPECT_EQ(ask("GET", path).status, 404) << path;
}

TEST_F(RouterTest, NamesTheMethodsOfAPath) {
  const auto response = ask("FROB", "/items");
  EXPECT_EQ(response.status, 405);
  ASSERT_EQ(response.headers.back().first, "Allow");
  EXPECT_EQ(response.headers.back().second, "GET, HEAD, POST");
  EXPECT_EQ(ask("POST", "/items/12").headers.back().second, "GET, HEAD");
}

TEST_F(RouterTest, DemandsTheMediaTypeOfAChange) {
  EXPECT_EQ(ask("POST", "/items").status, 415);
  for (const auto* type :
       {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx"}) {
    request_.headers["content-type"] = type;
    EXPECT_EQ(ask("POST", "/items").status, 415) << type;
  }
  request_.headers["content-type"] = "Application/JSON ; charset=utf-8";
  EXPECT_EQ(ask("POST", "/items").status, 200);
  EXPECT_EQ(ask("POST", "/roster").status, 415);
  request_.headers["content-type"] = "text/csv";
  EXPECT_EQ(ask("POST", "/roster").status, 200);
}

TEST_F(RouterTest, AnswersOnTcpUnderOurOwnNamesAlone) {
  request_.transport = Transport::tcp;
  for (const auto* host : {"127.0.0.1", "127.0.0.1:8750", "localhost:8750", "LOCALHOST"}) {
    request_.headers["host"] = host;
    EXPECT_EQ(ask("GET", "/items").status, 200) << host;
  }
  for (const auto* host : {"", "evil.example", "evil.example:8750", "127.0.0.1.evil.example", "localhost:x",
                           "127.0.0.1:80@evil"}) {
    request_.headers["host"] = host;
    EXPECT_EQ(ask("GET", "/items").status, 403) << host;
  }
}

TEST_F(RouterTest, AsksForNoNameOnTheUnixSocket) {
  request_.headers["host"] = "station";
  EXPECT_EQ(ask("GET", "/items").status, 200);
}

TEST_F(RouterTest, MakesARefusalAProblemInTheCallersLanguage) {
  const auto response = ask("GET", "/refuses/12");
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_THAT(response.body, HasSubstr("is not a number of that kind"));
}

TEST_F(RouterTest, LetsNobodyThroughWhoseRoleIsAnother) {
  const auto response = ask("GET", "/secret");
  EXPECT_EQ(response.status, 403);
  EXPECT_THAT(response.body, HasSubstr("web.role"));
  request_.caller.roles = {"auditor"};
  EXPECT_EQ(ask("GET", "/secret").status, 200);
  EXPECT_EQ(ask("GET", "/items").status, 403);
  request_.caller.roles = {"judge"};
  EXPECT_EQ(ask("GET", "/secret").status, 403);
}

TEST_F(RouterTest, LetsThroughWhoHasOneOfTheRoles) {
  EXPECT_EQ(ask("GET", "/figures").status, 200);
  request_.caller.roles = {"guest", "auditor"};
  EXPECT_EQ(ask("GET", "/figures").status, 200);
  request_.caller.roles = {"guest", "clerk auditor", "audit", ""};
  EXPECT_EQ(ask("GET", "/figures").status, 403);
}

TEST_F(RouterTest, ChangesNothingForAPageOfSomebodyElse) {
  request_.transport = Transport::tcp;
  request_.headers["host"] = "127.0.0.1:8750";
  request_.headers["content-type"] = "application/json";
  for (const auto* origin :
       {"http://evil.example", "http://127.0.0.1:9999", "null", "", "http://127.0.0.1:8750.evil"}) {
    request_.headers["origin"] = origin;
    const auto response = ask("POST", "/items");
    EXPECT_EQ(response.status, 403) << origin;
    EXPECT_THAT(response.body, HasSubstr("web.origin"));
    EXPECT_EQ(ask("GET", "/items").status, 200) << "a link may stand anywhere";
  }
  request_.headers["origin"] = "http://127.0.0.1:8750";
  EXPECT_EQ(ask("POST", "/items").status, 200);
}

TEST_F(RouterTest, ReadsNoEndlessJson) {
  request_.headers["content-type"] = "application/json";
  request_.body = std::string(1 << 20, ' ');
  EXPECT_EQ(ask("POST", "/items").status, 413);
}

TEST_F(RouterTest, TellsAStrangerNotEvenWhatIsThere) {
  request_.caller.roles.clear();
  for (const auto* path : {"/items", "/nothing", "/secret"}) {
    const auto response = ask("GET", path);
    EXPECT_EQ(response.status, 403) << path;
    EXPECT_THAT(response.body, HasSubstr("web.log_in"));
  }
}

TEST_F(RouterTest, TellsNothingOfTheMachineWhenARouteFails) {
  const auto response = ask("GET", "/fails");
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, HasSubstr("web.internal"));
  EXPECT_THAT(response.body, testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace edu::web
