// Accounts and log-ins, as a browser on TCP meets them.
#include "web/api/gate.h"

#include <gmock/gmock.h>

#include "tests/web/station_bench.h"

namespace edu::web {
namespace {

using testing::HasSubstr;

constexpr auto kGood = "rice pump ledger snow";

class GateTest : public testing::Test {
 protected:
  GateTest() {
    context().gate.on_end([this](const std::string& login) { ended_.push_back(login); });
  }
  Context& context() { return station_.context(); }

  // A request on TCP with a cookie; `json`: the members of its body, of a POST.
  Response ask(const std::string& method, const std::string& path, const std::string& token = {},
               json::object body = {}, const std::string& address = "127.0.0.1") {
    auto request = test::StationBench::posted(path, json::serialize(body));
    request.method = method;
    request.transport = Transport::tcp;
    request.headers["host"] = "127.0.0.1:8750";
    request.headers["origin"] = "http://127.0.0.1:8750";
    if (!token.empty()) request.headers["cookie"] = "other=1; " + std::string(kCookie) + "=" + token;
    request.caller.address = address;
    context().gate.identify(request, request.caller);
    return test::run(station_.loop(), station_.route(std::move(request)));
  }
  Response by_socket(const std::string& path, json::object body) {
    return station_.post(path, json::serialize(body));
  }
  static json::object secret(const std::string& name, const std::string& password) {
    json::object body;
    body["name"] = name;
    body["password"] = password;
    return body;
  }
  void make(const std::string& name, const std::string& roles) {
    auto body = secret(name, kGood);
    body["roles"] = json::array{roles};
    const auto made = by_socket("/api/v1/accounts", body);
    ASSERT_EQ(made.status, 200) << made.body;
  }
  static std::string token_of(const Response& response) {
    for (const auto& [name, value] : response.headers)
      if (name == "Set-Cookie") {
        const auto begin = value.find('=') + 1;
        return value.substr(begin, value.find(';') - begin);
      }
    return {};
  }
  std::string log_in(const std::string& name) {
    const auto answer = ask("POST", "/api/v1/login", {}, secret(name, kGood));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return token_of(answer);
  }
  std::vector<logs::Record> records() { return station_.records(); }

  test::StationBench station_;
  std::vector<std::string> ended_;
};

TEST_F(GateTest, LetsInWhoHasThePassword) {
  make("李敏", "operator");
  EXPECT_EQ(ask("GET", "/api/v1/accounts").status, 403);
  const auto answer = ask("POST", "/api/v1/login", {}, secret("李　敏", kGood));
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.headers, testing::Contains(testing::Pair(
                                  "Set-Cookie", HasSubstr("; Path=/; Secure; HttpOnly; SameSite=Strict"))));
  const auto token = token_of(answer);
  EXPECT_EQ(ask("GET", "/api/v1/accounts", token).status, 200);
  EXPECT_THAT(ask("GET", "/api/v1/me", token).body, HasSubstr("李敏"));
  EXPECT_EQ(ask("GET", "/api/v1/accounts", token + "0").status, 403);
  EXPECT_EQ(ask("GET", "/api/v1/accounts", access::digest_of_token(token)).status, 403);
}

TEST_F(GateTest, TellsAStrangerNothingOfAnAccount) {
  make("李敏", "operator");
  const auto wrong = ask("POST", "/api/v1/login", {}, secret("李敏", "not the password"));
  const auto nobody = ask("POST", "/api/v1/login", {}, secret("王伟", "not the password"));
  EXPECT_EQ(wrong.status, 403);
  EXPECT_EQ(wrong.body, nobody.body);
}

TEST_F(GateTest, LocksAnAccountAndRecordsItOnce) {
  make("李敏", "operator");
  for (int i = 0; i < access::Attempts::kInARow; ++i) {
    EXPECT_EQ(ask("POST", "/api/v1/login", {}, secret("李敏", "wrong"), "10.0.0." + std::to_string(i)).status,
              403);
  }
  const auto locked = ask("POST", "/api/v1/login", {}, secret("李敏", kGood), "10.0.0.99");
  EXPECT_EQ(locked.status, 429);
  EXPECT_THAT(locked.headers, testing::Contains(testing::Pair("Retry-After", "900")));
  EXPECT_EQ(station_.count("account.locked"), 1);
  EXPECT_EQ(ask("POST", "/api/v1/login", {}, secret("李敏", kGood)).status, 200) << "at the machine itself";
  EXPECT_EQ(by_socket("/api/v1/accounts/李敏/unlock", {}).status, 200);
  station_.clock().advance(access::Attempts::kWindow);
  EXPECT_EQ(ask("POST", "/api/v1/login", {}, secret("李敏", kGood), "10.0.0.99").status, 200);
}

TEST_F(GateTest, EndsALogin) {
  make("李敏", "operator");
  const auto one = log_in("李敏"), two = log_in("李敏");
  EXPECT_EQ(ask("POST", "/api/v1/logout", one).status, 200);
  EXPECT_EQ(ask("GET", "/api/v1/me", one).status, 403);
  EXPECT_EQ(ask("GET", "/api/v1/me", two).status, 200);
  EXPECT_THAT(ended_, testing::ElementsAre(access::digest_of_token(one)));
  const auto no = access::digest_of_token(two).substr(0, 8);
  EXPECT_EQ(by_socket("/api/v1/logins/" + no + "/end", {}).status, 200);
  EXPECT_EQ(ask("GET", "/api/v1/me", two).status, 403);
  EXPECT_EQ(by_socket("/api/v1/logins/" + no + "/end", {}).status, 404);
  EXPECT_EQ(station_.count("login.ended"), 2);
}

TEST_F(GateTest, EndsTheLoginsOfWhoIsDisabledOrGetsANewPassword) {
  make("李敏", "operator");
  make("王伟", "tutor");
  const auto wang = log_in("王伟");
  json::object off;
  off["enabled"] = false;
  EXPECT_EQ(by_socket("/api/v1/accounts/王伟/state", off).status, 200);
  EXPECT_EQ(ask("GET", "/api/v1/me", wang).status, 403);
  EXPECT_EQ(ask("POST", "/api/v1/login", {}, secret("王伟", kGood)).status, 403);

  const auto here = log_in("李敏"), elsewhere = log_in("李敏");
  json::object change;
  change["old"] = kGood;
  change["new"] = "another ledger of snow";
  EXPECT_EQ(ask("POST", "/api/v1/me/password", here, change).status, 200);
  EXPECT_EQ(ask("GET", "/api/v1/me", here).status, 200) << "who changed it stays";
  EXPECT_EQ(ask("GET", "/api/v1/me", elsewhere).status, 403);
  EXPECT_EQ(ask("POST", "/api/v1/me/password", here, change).status, 403) << "the old one is another now";
}

TEST_F(GateTest, KeepsTheLastOperator) {
  make("李敏", "operator");
  json::object off, tutor;
  off["enabled"] = false;
  tutor["roles"] = json::array{"tutor"};
  EXPECT_EQ(by_socket("/api/v1/accounts/李敏/state", off).status, 409);
  EXPECT_EQ(by_socket("/api/v1/accounts/李敏/roles", tutor).status, 409);
  make("王伟", "operator");
  EXPECT_EQ(by_socket("/api/v1/accounts/李敏/roles", tutor).status, 200);
}

TEST_F(GateTest, TakesTheRolesOfAnAccountAtOnce) {
  make("李敏", "operator");
  make("王伟", "tutor");
  const auto wang = log_in("王伟");
  EXPECT_EQ(ask("GET", "/api/v1/accounts", wang).status, 403);
  json::object both;
  both["roles"] = json::array{"tutor", "operator"};
  EXPECT_EQ(by_socket("/api/v1/accounts/王伟/roles", both).status, 200);
  EXPECT_EQ(ask("GET", "/api/v1/accounts", wang).status, 200);
}

TEST_F(GateTest, MakesTheFirstOperatorByTheCodeOfTheMachine) {
  EXPECT_FALSE(context().gate.ready());
  auto body = secret("李敏", kGood);
  body["code"] = "00000000";
  EXPECT_EQ(ask("POST", "/api/v1/setup", {}, body).status, 403);
  body["code"] = context().gate.code();
  body["password"] = "short";
  EXPECT_EQ(ask("POST", "/api/v1/setup", {}, body).status, 400);
  body["password"] = kGood;
  const auto made = ask("POST", "/api/v1/setup", {}, body);
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_TRUE(context().gate.ready());
  EXPECT_EQ(ask("GET", "/api/v1/accounts", token_of(made)).status, 200);
  EXPECT_EQ(ask("POST", "/api/v1/setup", {}, body).status, 403) << "the code is spent";
  body["code"] = context().gate.code();
  body["name"] = "王伟";
  EXPECT_EQ(ask("POST", "/api/v1/setup", {}, body).status, 404)
      << "further accounts are an operator's to make";
}

TEST_F(GateTest, SetsAForgottenPasswordByTheCode) {
  make("李敏", "operator");
  const auto before = log_in("李敏");
  auto body = secret("李敏", "another ledger of snow");
  body["code"] = context().gate.code();
  EXPECT_EQ(ask("POST", "/api/v1/setup", {}, body).status, 200);
  EXPECT_EQ(ask("GET", "/api/v1/me", before).status, 403);
  EXPECT_EQ(ask("POST", "/api/v1/login", {}, secret("李敏", kGood)).status, 403);
}

TEST_F(GateTest, ShowsTheCodeAtTheMachineAlone) {
  make("李敏", "operator");
  EXPECT_EQ(ask("GET", "/api/v1/setup-code", log_in("李敏")).status, 403);
  EXPECT_THAT(station_.get("/api/v1/setup-code").body, HasSubstr(context().gate.code()));
}

TEST_F(GateTest, RemembersWhoIsLoggedInOverARestart) {
  make("李敏", "operator");
  const auto token = log_in("李敏");
  Gate again(context().rooms.ledger, station_.clock(), context().rooms.workers);
  again.load(*open_read_only(context().rooms.database));
  Request head;
  head.headers["cookie"] = std::string(kCookie) + "=" + token;
  Caller caller;
  again.identify(head, caller);
  EXPECT_TRUE(caller.known());
  EXPECT_TRUE(again.ready());
}

TEST_F(GateTest, RecordsByIdAndNeverASecret) {
  make("李敏", "operator");
  const auto token = log_in("李敏");
  ask("POST", "/api/v1/logout", token);
  for (const auto& record : records()) {
    EXPECT_THAT(record.body, testing::Not(HasSubstr("李敏")));
    EXPECT_THAT(record.body, testing::Not(HasSubstr("argon2")));
    EXPECT_THAT(record.body, testing::Not(HasSubstr(token)));
  }
  EXPECT_EQ(station_.count("login.opened"), 1);
}

TEST_F(GateTest, GivesAPersonOfTheRosterTheirOwnId) {
  station_.enrol();
  json::object body;
  body["member"] = "002";
  body["roles"] = json::array{"learner"};
  body["password"] = kGood;
  const auto made = by_socket("/api/v1/accounts", body);
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_THAT(made.body, HasSubstr("李秀英"));
  const auto token = log_in("李秀英");
  EXPECT_EQ(ask("GET", "/api/v1/station", token).status, 200);
  body["name"] = "another name";
  EXPECT_EQ(by_socket("/api/v1/accounts", body).status, 409) << "one account for a person";

  json::object erase;
  erase["member"] = "002";
  erase["reason"] = "本人要求";
  EXPECT_EQ(by_socket("/api/v1/roster/erase", erase).status, 200);
  EXPECT_EQ(ask("GET", "/api/v1/station", token).status, 403);
  EXPECT_THAT(station_.get("/api/v1/accounts").body, testing::Not(HasSubstr("李秀英")));
}

TEST_F(GateTest, ReadsNoFileForWhoIsNotOnTheMachine) {
  make("李敏", "operator");
  json::object body;
  body["path"] = station_.film("a.mp4", "a film");
  const auto refused = ask("POST", "/api/v1/library", log_in("李敏"), body);
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("web.descriptor"));
}

TEST_F(GateTest, TellsNothingOfNamesByAWrongCode) {
  make("李敏", "operator");
  auto known = secret("李敏", kGood), nobody = secret("王伟", kGood);
  known["code"] = nobody["code"] = "no code";
  EXPECT_EQ(ask("POST", "/api/v1/setup", {}, known).body, ask("POST", "/api/v1/setup", {}, nobody).body);
  for (int i = 2; i < access::Attempts::kOfAddress; ++i)
    EXPECT_EQ(ask("POST", "/api/v1/setup", {}, known).status, 403);
  EXPECT_EQ(ask("POST", "/api/v1/setup", {}, known).status, 429) << "codes are not for guessing";
}

// The password is changed while somebody logs in with the old one: both wait for the same turn.
TEST_F(GateTest, LetsNobodyInByAPasswordThatIsNoMore) {
  make("李敏", "operator");
  auto& gate = context().gate;
  const auto id = gate.named("李敏")->id;
  Request from;
  from.caller.address = "127.0.0.1";
  std::optional<Result<Gate::Entered>> entered;
  std::optional<Result<void>> changed;
  auto on_enter = [&](std::exception_ptr, Result<Gate::Entered> result) { entered = std::move(result); };
  auto on_change = [&](std::exception_ptr, Result<void> result) { changed = std::move(result); };
  asio::co_spawn(station_.loop(), gate.set_password(id, "another ledger of snow", "operator", "root"),
                 on_change);
  asio::co_spawn(station_.loop(), gate.log_in("李敏", kGood, from), on_enter);
  auto& loop = station_.loop();
  loop.restart();
  const auto keep = asio::make_work_guard(loop);
  while (!entered || !changed) loop.run_one();
  EXPECT_TRUE(*changed);
  // Whichever came first: nobody is in by the old password.
  if (*entered) {
    EXPECT_EQ(ask("GET", "/api/v1/me", (*entered)->token).status, 403);
  }
  EXPECT_EQ(ask("POST", "/api/v1/login", {}, secret("李敏", kGood)).status, 403);
}

TEST_F(GateTest, RefusesALastOperatorButNoOneElse) {
  make("王伟", "tutor");
  json::object learner, off;
  learner["roles"] = json::array{"learner"};
  off["enabled"] = false;
  EXPECT_EQ(by_socket("/api/v1/accounts/王伟/roles", learner).status, 200);
  EXPECT_EQ(by_socket("/api/v1/accounts/王伟/state", off).status, 200);
}

TEST_F(GateTest, GivesAPersonWithTwoEntriesTheAccountOfEither) {
  station_.enrol();
  const auto account_of = [&](const std::string& member, const std::string& name) {
    json::object body;
    body["member"] = member;
    body["name"] = name;
    body["roles"] = json::array{"tutor"};
    body["password"] = kGood;
    ASSERT_EQ(by_socket("/api/v1/accounts", body).status, 200);
  };
  const auto merge = [&](const std::string& gone, const std::string& kept) {
    json::object body;
    body["member"] = gone;
    body["into"] = kept;
    ASSERT_EQ(by_socket("/api/v1/roster/merge", body).status, 200);
  };
  account_of("001", "wang");
  merge("001", "002");
  EXPECT_EQ(ask("GET", "/api/v1/me", log_in("wang")).status, 200) << "it went along";
  EXPECT_EQ(station_.count("account.added"), 2);

  station_.post("/api/v1/roster", "编号,姓名,类别\n003,李秀,党员\n", "text/csv");
  account_of("003", "li");
  merge("003", "002");
  EXPECT_EQ(ask("POST", "/api/v1/login", {}, secret("li", kGood)).status, 403);
  EXPECT_EQ(ask("GET", "/api/v1/me", log_in("wang")).status, 200) << "who has one keeps theirs";
}

TEST_F(GateTest, CountsThePageThatFetchesItselfForNoUse) {
  make("李敏", "operator");
  const auto token = log_in("李敏");
  station_.clock().advance(access::Logins::kIdle - std::chrono::minutes(1));
  EXPECT_EQ(ask("GET", "/", token).status, 200);
  station_.clock().advance(std::chrono::minutes(2));
  EXPECT_EQ(ask("GET", "/api/v1/me", token).status, 403);
}

// Every route by every role and by nobody.
TEST_F(GateTest, HoldsEachRouteToItsRoles) {
  const std::vector<std::string> roles{"operator", "tutor", "learner", "supervisor", "auditor"};
  std::map<std::string, std::string> tokens;
  for (const auto& role : roles) {
    make(role, role);
    tokens[role] = log_in(role);
  }
  for (const auto& row : routes()) {
    if (row.roles == std::string(kPublic)) continue;
    EXPECT_EQ(ask(row.method, row.path).status, 403) << row.path << " by nobody";
    for (const auto& role : roles) {
      if ((std::string(row.roles) + " ").find(role + " ") != std::string::npos) continue;
      const auto answer = ask(row.method, row.path, tokens[role]);
      EXPECT_EQ(answer.status, 403) << row.path << " by " << role;
      EXPECT_THAT(answer.body, HasSubstr("web.role")) << row.path << " by " << role;
    }
  }
}

}  // namespace
}  // namespace edu::web
