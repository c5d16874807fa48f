#include "base/messages.h"

#include <filesystem>
#include <regex>
#include <set>

#include <gtest/gtest.h>

#include "tests/support/file_content.h"

namespace edu {
namespace {

namespace fs = std::filesystem;

std::set<std::string> placeholders(std::string_view text) {
  static const std::regex argument(R"(\{(\w*)[^}]*\})");
  std::set<std::string> names;
  const std::string copy(text);
  for (std::sregex_iterator it(copy.begin(), copy.end(), argument), end; it != end; ++it)
    names.insert((*it)[1]);
  return names;
}

// The folders at the top that hold sources of the product; a new one is looked at by itself.
bool is_room(const fs::path& folder) {
  const auto name = folder.filename().string();
  return fs::is_directory(folder) && fs::exists(folder / "CMakeLists.txt") && name != "tests" &&
         name != "bench";
}

// Keys that a source names in full: text(language, "a.b"…) and refuse("code"…).
std::set<std::string> keys_in_sources() {
  static const std::regex call(R"re((?:\btext\([^"();]*,\s*|\b(?:refuse\(|Refusal\{))"([a-z_0-9.-]+)")re");
  std::set<std::string> keys;
  for (const auto& folder : fs::directory_iterator(EDU_SOURCE_FOLDER)) {
    if (!is_room(folder.path())) continue;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".cpp") continue;
      const auto source = test::content_of(entry.path());
      for (std::sregex_iterator it(source.begin(), source.end(), call), end; it != end; ++it) {
        const auto key = (*it)[1].str();
        if (key.ends_with('.') || key.ends_with('_')) continue;  // the rest is computed
        keys.insert(it->str().starts_with("text") ? key : "refusal." + key);
      }
    }
  }
  return keys;
}

TEST(Messages, BothLanguagesHoldEveryKey) {
  EXPECT_GT(text_keys(Language::zh).size(), 100u);
  for (const auto& key : text_keys(Language::zh))
    EXPECT_TRUE(has_text(Language::en, key)) << key << " lacks in en.toml";
  for (const auto& key : text_keys(Language::en))
    EXPECT_TRUE(has_text(Language::zh, key)) << key << " lacks in zh_CN.toml";
}

TEST(Messages, BothLanguagesNameTheSameArguments) {
  for (const auto& key : text_keys(Language::zh))
    EXPECT_EQ(placeholders(raw_text(Language::zh, key)), placeholders(raw_text(Language::en, key))) << key;
}

TEST(Messages, NoTextIsEmpty) {
  for (const auto language : {Language::zh, Language::en})
    for (const auto& key : text_keys(language)) EXPECT_FALSE(raw_text(language, key).empty()) << key;
}

TEST(Messages, EveryKeyThatASourceNamesIsThere) {
  const auto keys = keys_in_sources();
  EXPECT_GT(keys.size(), 50u);
  for (const auto& key : keys) EXPECT_TRUE(has_text(Language::zh, key)) << key;
}

TEST(Messages, PutArgumentsIn) {
  EXPECT_EQ(text(Language::en, "logs.none", {}), "logs.none");
  const auto said = text(Language::en, refuse("logs.month", {{"month", "13"}}).value());
  EXPECT_EQ(said, "\"13\" is no month; write it like 2026-11.");
  EXPECT_NE(text(Language::zh, refuse("logs.month", {{"month", "13"}}).value()), said);
}

TEST(Messages, ShowATimeAsPeopleReadIt) {
  const auto missed = [](Language language, const std::string& start) {
    return text(language, refuse("live.missed", {{"start", start}}).value());
  };
  EXPECT_NE(missed(Language::zh, "2026-12-05T19:30:00+08:00").find("应在 2026年12月5日 19:30 开始"),
            std::string::npos);
  EXPECT_NE(missed(Language::en, "2026-12-05T19:30:05+08:00").find("5 Dec 2026 19:30:05"), std::string::npos);
  EXPECT_NE(missed(Language::en, "2026-12-05 19:30").find("5 Dec 2026 19:30"), std::string::npos);
  EXPECT_NE(missed(Language::en, "noon").find("noon"), std::string::npos);
  EXPECT_NE(missed(Language::en, "").find("recording of  was missed"), std::string::npos);
}

TEST(Messages, ALackingArgumentLosesNothing) {
  EXPECT_NE(text(Language::en, "refusal.logs.month").find("is no month"), std::string::npos);
}

TEST(Messages, LanguageFollowsThePreference) {
  EXPECT_EQ(language_of("zh-CN,zh;q=0.9,en;q=0.8"), Language::zh);
  EXPECT_EQ(language_of("fr, en_GB.UTF-8"), Language::en);
  EXPECT_EQ(language_of("", Language::en), Language::en);
  EXPECT_EQ(language_of("fr"), Language::zh);
}

}  // namespace
}  // namespace edu
