// Commands of the accounts: where a password comes from, and what is asked of the station.
#include <fstream>

#include <gmock/gmock.h>

#include "base/json.h"
#include "tests/app/cli_bench.h"

namespace edu::app {
namespace {

using testing::HasSubstr;

class CliAccount : public test::CliTest {
 protected:
  test::Outcome run(std::vector<std::string> arguments) {
    return CliTest::run(std::move(arguments), setting_);
  }

  test::Setting setting_;
};

TEST_F(CliAccount, TakesAPasswordFromAFileOrStandardInput) {
  station_.answer("POST /api/v1/accounts", "added\n");
  const auto file = folder_ / "password";
  std::ofstream(file) << "rice pump ledger snow\r\nnot this line\n";
  ASSERT_EQ(
      run({"account", "add", "李敏", "--role", "tutor，auditor", "--password-file", file.string()}).exit,
      Exit::done);
  EXPECT_EQ(get_string(sent(), "password"), "rice pump ledger snow");
  EXPECT_EQ(sent().at("roles"), (json::array{"tutor", "auditor"}));
  setting_.typed = "another ledger\n";
  ASSERT_EQ(run({"account", "add", "李敏", "--role", "tutor", "--password-file", "-"}).exit, Exit::done);
  EXPECT_EQ(get_string(sent(), "password"), "another ledger");
  ASSERT_EQ(run({"account", "add", "--member", "017", "--role", "learner", "--without-password"}).exit,
            Exit::done);
  EXPECT_EQ(get_string(sent(), "member"), "017");
  EXPECT_EQ(get_string(sent(), "password"), "");
}

TEST_F(CliAccount, AsksAPersonTwice) {
  station_.answer("POST /api/v1/accounts/李敏/password", "set\n");
  setting_.terminal = true;
  setting_.typed = "rice pump ledger snow\nrice pump ledger snow\n";
  ASSERT_EQ(run({"account", "passwd", "李敏"}).exit, Exit::done);
  EXPECT_EQ(get_string(sent(), "password"), "rice pump ledger snow");
  setting_.typed = "rice pump ledger snow\nrice pump ledger\n";
  const auto asked = station_.requests().size();
  EXPECT_EQ(run({"account", "passwd", "李敏"}).exit, Exit::refused);
  EXPECT_EQ(station_.requests().size(), asked);
}

TEST_F(CliAccount, SaysHowWithoutATerminal) {
  const auto outcome = run({"account", "passwd", "李敏"});
  EXPECT_EQ(outcome.exit, Exit::refused);
  EXPECT_THAT(outcome.err, HasSubstr("--password-file"));
  const auto lost = run({"account", "passwd", "李敏", "--password-file", (folder_ / "none").string()});
  EXPECT_EQ(lost.exit, Exit::refused);
  EXPECT_THAT(lost.err, HasSubstr("none"));
}

TEST_F(CliAccount, NamesAccountAndLogin) {
  station_.answer("POST /api/v1/accounts/li/state", "done\n");
  ASSERT_EQ(run({"account", "disable", "li"}).exit, Exit::done);
  EXPECT_EQ(sent().at("enabled"), json::value(false));
  station_.answer("POST /api/v1/logins/3f9a01cc/end", "done\n");
  EXPECT_EQ(run({"login", "end", "3f9a01cc"}).exit, Exit::done);
  station_.answer("GET /api/v1/setup-code", "12345678\n");
  EXPECT_THAT(run({"setup-code"}).out, HasSubstr("12345678"));
}

}  // namespace
}  // namespace edu::app
