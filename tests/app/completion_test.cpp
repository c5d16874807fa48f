#include "app/completion.h"

#include <gmock/gmock.h>

namespace edu::app {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

class CompletionTest : public testing::Test {
 protected:
  std::vector<std::string> words(const std::vector<std::string>& typed) {
    std::vector<std::string> out;
    for (const auto& one : complete(grammar_, typed).candidates) out.push_back(one.word);
    return out;
  }
  Options options_;
  Grammar grammar_{Language::en, options_};
};

TEST_F(CompletionTest, OffersCommandsByTheirBeginning) {
  EXPECT_THAT(words({""}), AllOf(Contains("status"), Contains("library"), Not(Contains("import"))));
  EXPECT_THAT(words({"lib"}), ElementsAre("library"));
  EXPECT_THAT(words({"library", "p"}), ElementsAre("pin"));
}

TEST_F(CompletionTest, OffersOptionsOfTheCommandAndOfAllAboveIt) {
  EXPECT_THAT(words({"library", "list", "--"}),
              AllOf(Contains("--category"), Contains("--json"), Not(Contains("--kind"))));
}

TEST_F(CompletionTest, OffersTheValuesOfAnOption) {
  EXPECT_THAT(words({"programme", "add", "--title", "x", "--kind", ""}),
              UnorderedElementsAre("group", "open", "individual"));
  EXPECT_THAT(words({"--json", "--lang", "z"}), ElementsAre("zh"));
  EXPECT_THAT(words({"book", "pl"}), ElementsAre("playback"));
}

TEST_F(CompletionTest, SaysWhereAFileMayStand) {
  EXPECT_TRUE(complete(grammar_, {"library", "import", ""}).files);
  EXPECT_FALSE(complete(grammar_, {"library", ""}).files);
  EXPECT_EQ(lines_of(complete(grammar_, {"roster", "import", ""})), ":files\n");
}

TEST_F(CompletionTest, TellsInWordsWhatACommandDoes) {
  const auto found = complete(grammar_, {"statu"});
  ASSERT_EQ(found.candidates.size(), 1u);
  EXPECT_FALSE(found.candidates[0].what.empty());
  EXPECT_EQ(lines_of(found), "status\t" + found.candidates[0].what + "\n");
}

TEST_F(CompletionTest, OfWhatIsNoCommandIsNothing) { EXPECT_THAT(words({"nonsense"}), IsEmpty()); }

}  // namespace
}  // namespace edu::app
