#include <gmock/gmock.h>

#include "base/messages.h"
#include "cli_bench.h"

namespace edu::app {
namespace {

using test::run_cli;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::vector<std::string>> kEveryCommand{{},
                                                          {"status"},
                                                          {"timeline"},
                                                          {"library"},
                                                          {"library", "list"},
                                                          {"library", "show"},
                                                          {"library", "import"},
                                                          {"library", "pin"},
                                                          {"library", "remove"},
                                                          {"roster"},
                                                          {"roster", "import"},
                                                          {"roster", "export"},
                                                          {"roster", "list"},
                                                          {"roster", "template"},
                                                          {"roster", "merge"},
                                                          {"roster", "move-out"},
                                                          {"roster", "erase"},
                                                          {"programme"},
                                                          {"programme", "add"},
                                                          {"programme", "list"},
                                                          {"programme", "show"},
                                                          {"programme", "cancel"},
                                                          {"session"},
                                                          {"session", "list"},
                                                          {"session", "show"},
                                                          {"sign-in"},
                                                          {"sign-out"},
                                                          {"book"},
                                                          {"participation"},
                                                          {"journal"},
                                                          {"journal", "verify"},
                                                          {"journal", "tail"}};

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += " " + word;
  return out;
}

class Help : public testing::TestWithParam<std::vector<std::string>> {
 protected:
  test::Outcome help(const std::string& language) {
    std::vector<std::string> arguments{"--lang", language};
    arguments.insert(arguments.end(), GetParam().begin(), GetParam().end());
    arguments.push_back("--help");
    return run_cli(arguments);
  }
};

TEST_P(Help, ShowsUsageAndAnExampleInBothLanguages) {
  const auto zh = help("zh"), en = help("en");
  for (const auto& outcome : {zh, en}) {
    EXPECT_EQ(outcome.exit, Exit::done);
    EXPECT_THAT(outcome.err, testing::IsEmpty());
    EXPECT_THAT(outcome.out, HasSubstr(": edustation" + joined(GetParam())));
    EXPECT_THAT(outcome.out, Not(HasSubstr("cli.")));  // a text that the catalogue lacks shows as its key
  }
  EXPECT_THAT(zh.out, HasSubstr("例："));
  EXPECT_THAT(en.out, HasSubstr("Example:\n  edustation"));
  EXPECT_THAT(en.out, Not(HasSubstr("用法")));
}

// An option whose text is only in the other language's catalogue would show its key above; one that is
// English in the Chinese help would not, so the help of each language is looked at for the words of the
// other.
TEST_P(Help, DescribesEachOptionInChinese) {
  const auto out = help("zh").out;
  for (const auto* word : {"Usage", "Options", "Example", "required", "Shows", "REQUIRED", "Needs", "TEXT:"})
    EXPECT_THAT(out, Not(HasSubstr(word)));
}

INSTANTIATE_TEST_SUITE_P(EveryCommand, Help, testing::ValuesIn(kEveryCommand), [](const auto& tested) {
  auto name = "edustation" + joined(tested.param);
  for (auto& c : name)
    if (c == ' ' || c == '-') c = '_';
  return name;
});

TEST(Language, IsTheOptionsThenTheEnvironmentsThenChinese) {
  EXPECT_THAT(run_cli({"--help"}).out, HasSubstr("用法"));
  EXPECT_THAT(run_cli({"--help"}, {.environment = {{"LANG", "en_GB.UTF-8"}}}).out, HasSubstr("Usage"));
  EXPECT_THAT(run_cli({"--help"}, {.environment = {{"LANG", "en_GB.UTF-8"}, {"LC_ALL", "zh_CN.UTF-8"}}}).out,
              HasSubstr("用法"));
  EXPECT_THAT(run_cli({"--help"}, {.environment = {{"LANG", "C"}}}).out, HasSubstr("用法"));
  EXPECT_THAT(run_cli({"--help", "--lang=en"}, {.environment = {{"LANG", "zh_CN"}}}).out, HasSubstr("Usage"));
  EXPECT_THAT(run_cli({"status", "--help", "--lang", "en"}).out, HasSubstr("Usage: edustation status"));
}

TEST(Version, IsTold) {
  const auto outcome = run_cli({"--version"});
  EXPECT_EQ(outcome.exit, Exit::done);
  EXPECT_EQ(outcome.out, "edustation " EDU_VERSION "\n");
}

}  // namespace
}  // namespace edu::app
