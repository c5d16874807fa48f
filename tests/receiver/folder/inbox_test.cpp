#include "receiver/folder/inbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/messages.h"

namespace edu::receiver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A folder that exists in this test alone.
class InboxTest : public testing::Test {
 protected:
  void put(const std::string& name, std::uint64_t size = 1) {
    auto& files = is_manifest_name(name) ? manifests_ : media_;
    files[name] = FileSignature{1, ++inode_, S_IFREG | 0644, size, 0};
  }
  void gone(const std::string& name) { media_.erase(name), manifests_.erase(name); }
  void look(std::int64_t at_ms) {
    FolderScan scan;
    for (const auto& [name, signature] : media_) scan.media.push_back({root_ / name, signature});
    for (const auto& [name, signature] : manifests_) scan.manifests.push_back({root_ / name, signature});
    now_ = milliseconds(at_ms);
    inbox_.look(scan, now_);
  }
  void manifest(const std::string& name, std::string_view content) {
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
    inbox_.read({root_ / name, std::string(content), parse_manifest(bytes)});
  }
  std::vector<std::string> ready() {
    std::vector<std::string> names;
    for (const auto& candidate : inbox_.ready(100))
      names.push_back(candidate.path.lexically_relative(root_).string());
    return names;
  }
  std::vector<std::string> waiting() {
    std::vector<std::string> lines;
    for (const auto& item : inbox_.waiting()) {
      EXPECT_TRUE(has_text(Language::zh, "refusal." + item.why.code)) << item.why.code;
      const auto code = item.why.code.substr(std::string("receiver.").size());
      lines.push_back(item.name + ": " + code +
                      (item.why.args.contains("file") ? " " + item.why.args.at("file") : ""));
    }
    return lines;
  }
  void report(const std::string& name, bool writing) {
    inbox_.report({{{root_ / name, writing}}, false, false});
  }
  void begin(const std::string& name) {
    for (const auto& candidate : inbox_.ready(100))
      if (candidate.path == root_ / name) return inbox_.begin(candidate);
    FAIL() << name << " is not ready";
  }

  fs::path root_ = "/inbox";
  Inbox inbox_{root_, milliseconds(2000)};
  std::map<std::string, FileSignature> media_, manifests_;
  std::uint64_t inode_ = 0;
  milliseconds now_{};
};

TEST_F(InboxTest, AFileIsTakenOnceItHasBeenTheSameForTheSettleTime) {
  put("a.mp4");
  look(1000);
  EXPECT_THAT(ready(), IsEmpty());
  EXPECT_EQ(inbox_.next_due(), milliseconds(3000));
  look(2999);
  EXPECT_THAT(ready(), IsEmpty());
  look(3000);
  EXPECT_THAT(ready(), ElementsAre("a.mp4"));
}

TEST_F(InboxTest, AFileThatGrowsStartsToSettleAnew) {
  put("a.mp4", 1);
  look(0);
  put("a.mp4", 2);
  look(1500);
  look(2500);
  EXPECT_THAT(ready(), IsEmpty());
  EXPECT_THAT(waiting(), ElementsAre("a.mp4: waiting_settling"));
  look(3500);
  EXPECT_THAT(ready(), ElementsAre("a.mp4"));
}

TEST_F(InboxTest, AFileThatIsWrittenToWaitsUntilItIsClosed) {
  put("a.mp4");
  look(0);
  report("a.mp4", true);
  look(60'000);
  EXPECT_THAT(ready(), IsEmpty());
  EXPECT_EQ(inbox_.next_due(), std::nullopt);
  EXPECT_THAT(waiting(), ElementsAre("a.mp4: waiting_written"));
  report("a.mp4", false);
  EXPECT_THAT(ready(), ElementsAre("a.mp4"));
}

TEST_F(InboxTest, AfterLostReportsNobodyIsKnownToWrite) {
  put("a.mp4");
  look(0);
  report("a.mp4", true);
  inbox_.report({{}, true, false});
  look(2000);
  EXPECT_THAT(ready(), ElementsAre("a.mp4"));
}

TEST_F(InboxTest, WhatIsUnderWayIsNotTakenTwiceAndWhatIsLeftNotAgain) {
  put("a.mp4");
  look(0);
  look(2000);
  begin("a.mp4");
  EXPECT_THAT(ready(), IsEmpty());
  EXPECT_THAT(waiting(), IsEmpty());
  inbox_.finish(root_ / "a.mp4");
  EXPECT_THAT(waiting(), IsEmpty());  // most likely it is gone: the next look will tell
  look(60'000);
  EXPECT_THAT(ready(), IsEmpty());
  EXPECT_THAT(waiting(), ElementsAre("a.mp4: waiting_left"));
  put("a.mp4", 7);  // another content: another arrival
  look(61'000);
  look(63'000);
  EXPECT_THAT(ready(), ElementsAre("a.mp4"));
}

TEST_F(InboxTest, AFileThatCameWhileTheFirstWasReceivedIsTakenAfterIt) {
  put("a.mp4");
  look(0);
  look(2000);
  begin("a.mp4");
  put("a.mp4", 9);
  look(3000);
  look(5000);
  EXPECT_THAT(ready(), IsEmpty());
  inbox_.finish(root_ / "a.mp4");
  EXPECT_THAT(ready(), ElementsAre("a.mp4"));
}

TEST_F(InboxTest, WhatFailedIsTriedAgainLaterAndLater) {
  put("a.mp4");
  look(0);
  look(2000);
  begin("a.mp4");
  inbox_.postpone(root_ / "a.mp4", milliseconds(2000));
  EXPECT_THAT(waiting(), ElementsAre("a.mp4: waiting_again"));
  look(6999);
  EXPECT_THAT(ready(), IsEmpty());
  look(7000);
  begin("a.mp4");
  inbox_.postpone(root_ / "a.mp4", milliseconds(7000));
  EXPECT_EQ(inbox_.next_due(), milliseconds(17'000));
}

TEST_F(InboxTest, AFileThatVanishesIsForgotten) {
  put("a.mp4");
  look(0);
  gone("a.mp4");
  look(2000);
  EXPECT_THAT(ready(), IsEmpty());
  EXPECT_THAT(waiting(), IsEmpty());
  EXPECT_EQ(inbox_.next_due(), std::nullopt);
}

TEST_F(InboxTest, AFileWaitsForTheManifestsOfItsFolder) {
  put("a.mp4");
  put("sub/b.mp4");
  look(0);
  put("a.mp4.manifest.json");
  look(1000);
  look(2500);
  EXPECT_THAT(ready(), ElementsAre("sub/b.mp4"));  // the manifest has not settled
  look(3000);
  EXPECT_THAT(inbox_.manifests_to_read(), ElementsAre(root_ / "a.mp4.manifest.json"));
  manifest("a.mp4.manifest.json", R"({"title": "甲"})");
  EXPECT_THAT(inbox_.manifests_to_read(), IsEmpty());
  EXPECT_THAT(ready(), ElementsAre("a.mp4", "sub/b.mp4"));
  EXPECT_EQ(inbox_.ready(1).at(0).description->content->title, "甲");
}

TEST_F(InboxTest, AManifestWithoutItsMediaWaitsAndIsListed) {
  put("a.mp4.manifest.json");
  put("set.manifest.json");
  put("bad.manifest.json");
  look(0);
  look(2000);
  manifest("a.mp4.manifest.json", "{}");
  manifest("set.manifest.json", R"({"parts": [{"file": "1", "received": true}, {"file": "2"}]})");
  manifest("bad.manifest.json", R"({"parts": [{"file": "../x"}]})");
  EXPECT_THAT(ready(), IsEmpty());
  EXPECT_THAT(waiting(),
              ElementsAre("a.mp4.manifest.json: waiting_for_media a.mp4",
                          "bad.manifest.json: manifest_file_name", "set.manifest.json: waiting_for_media 2"));
  put("a.mp4");
  look(3000);
  look(5000);
  EXPECT_THAT(ready(), ElementsAre("a.mp4"));
  EXPECT_TRUE(inbox_.ready(1).at(0).description);
}

TEST_F(InboxTest, PartsOfOneManifestAreTakenOneAfterTheOther) {
  put("1.mp4");
  put("2.mp4");
  put("3.mp4");
  put("set.manifest.json");
  look(0);
  look(2000);
  manifest("set.manifest.json", R"({"parts": [{"file": "1.mp4"}, {"file": "2.mp4"}]})");
  EXPECT_THAT(ready(), ElementsAre("1.mp4", "3.mp4"));
  begin("1.mp4");
  EXPECT_THAT(ready(), ElementsAre("3.mp4"));
  inbox_.finish(root_ / "1.mp4");
  EXPECT_THAT(ready(), IsEmpty());  // the manifest is read again first, and at once
  EXPECT_LE(inbox_.next_due(), now_);
  gone("1.mp4");
  put("set.manifest.json", 50);  // as rewritten by us: it need not settle again
  look(2100);
  EXPECT_THAT(inbox_.manifests_to_read(), ElementsAre(root_ / "set.manifest.json"));
  manifest("set.manifest.json", R"({"parts": [{"file": "1.mp4", "received": true}, {"file": "2.mp4"}]})");
  EXPECT_THAT(ready(), ElementsAre("2.mp4", "3.mp4"));
}

TEST_F(InboxTest, GivesNoMoreThanAskedFor) {
  for (const auto* name : {"a", "b", "c"}) put(name);
  look(0);
  look(2000);
  EXPECT_EQ(inbox_.ready(2).size(), 2u);
  EXPECT_EQ(inbox_.ready(0).size(), 0u);
}

}  // namespace
}  // namespace edu::receiver
