#include <algorithm>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include "tests/player/deck/activation.h"
#include "tests/player/deck_rig.h"
#include "tests/player/media.h"

namespace edu::player {
namespace {

using namespace test;
using edu::test::TempFolder;

class DeckTest : public ::testing::Test {
 protected:
  DeckItem film(const std::string& name, int seconds) {
    const auto file =
        make_media(folder_ / name, picture(seconds) + sound(seconds) +
                                       "-c:v libx264 -preset ultrafast -g 25 -c:a aac -movflags faststart");
    return {file, std::chrono::seconds(seconds)};
  }
  DeckItem speech(const std::string& name, int seconds) {
    return {make_media(folder_ / name, sound(seconds) + "-b:a 64k"), std::chrono::seconds(seconds)};
  }
  // A program in the deck's place: a shell script that can say hello().
  DeckProcess::Options script(const std::string& body) {
    DeckProcess::Options options;
    options.program = folder_ / "deck.sh";
    write_file(options.program,
               "#!/bin/sh\nhello() { echo "
               "'{\"event\":\"hello\",\"vo\":\"null\",\"ao\":\"null\",\"mpv\":\"sh\"}'; }\n" +
                   body);
    ::chmod(options.program.c_str(), 0700);
    options.heartbeat = milliseconds(20);
    options.hang_limit = milliseconds(200);
    options.back_off = milliseconds(10);
    return options;
  }

  TempFolder folder_;
};

std::int64_t sum(const std::vector<PlaySpan>& spans) {
  std::int64_t total = 0;
  for (const auto& span : spans) total += span.length_ms;
  return total;
}

TEST_F(DeckTest, PlaysARundownAndMeasuresItsSpans) {
  const auto first = film("a.mp4", 2);
  const auto second = speech("b.mp3", 1);
  DeckRig rig;
  rig.await<Restarted>();
  EXPECT_EQ(rig.deck().status().video_output, "null");
  EXPECT_TRUE(rig.deck().status().version.starts_with("mpv")) << rig.deck().status().version;

  const auto order = rig.order(7, {first, second});
  ASSERT_TRUE(rig.deck().arm(order));
  EXPECT_EQ(rig.await<Ready>().id, 7u);
  const auto started = rig.await<Started>();
  EXPECT_GE(started.at, order.at);
  EXPECT_GE(started.first_frame, order.at);
  EXPECT_EQ(rig.deck().status().on_air, 7u);
  EXPECT_EQ(rig.await<Finished>().reason, OrderEnd::played);
  EXPECT_FALSE(rig.deck().status().on_air);

  const auto ended = rig.all<ItemEnded>();
  ASSERT_EQ(ended.size(), 2u);
  for (std::size_t item = 0; item < 2; ++item) {
    EXPECT_EQ(ended[item].item, item);
    EXPECT_EQ(ended[item].reason, ItemEnd::eof);
    EXPECT_EQ(ended[item].errors, 0);
    EXPECT_EQ(ended[item].played.count(), sum(ended[item].spans));
    const auto declared = order.items[item].declared.count();
    EXPECT_LE(ended[item].played.count(), declared + 100);
    EXPECT_GE(ended[item].played.count(), declared * 3 / 4);
  }
  EXPECT_FALSE(rig.all<Progress>().empty());
}

TEST_F(DeckTest, RecordsATruncatedFileAsSuchThoughMpvCallsItTheEnd) {
  const auto whole = film("a.mp4", 3);
  DeckRig rig;
  rig.await<Restarted>();
  ASSERT_TRUE(rig.deck().arm(rig.order(1, {{cut(whole.path, folder_ / "cut.mp4", 50), whole.declared}})));
  const auto ended = rig.await<ItemEnded>();
  EXPECT_EQ(ended.reason, ItemEnd::eof);
  EXPECT_GT(ended.played, milliseconds(500));
  EXPECT_LT(ended.played, milliseconds(2500));
  EXPECT_GT(ended.errors, 0);
}

TEST_F(DeckTest, PlaysTheRestWhenAnItemCannotBePlayed) {
  write_file(folder_ / "letter.mp4", "no film\n");
  DeckRig rig;
  rig.await<Restarted>();
  const auto order =
      rig.order(1, {{folder_ / "letter.mp4", {}}, {folder_ / "missing.mp4", {}}, speech("b.mp3", 1)});
  ASSERT_TRUE(rig.deck().arm(order));
  EXPECT_EQ(rig.await<Finished>().reason, OrderEnd::played);
  auto ended = rig.all<ItemEnded>();
  ASSERT_EQ(ended.size(), 3u);
  std::ranges::sort(ended, {}, &ItemEnded::item);
  EXPECT_EQ(ended[0].reason, ItemEnd::error);
  EXPECT_EQ(ended[0].played, milliseconds(0));
  EXPECT_EQ(ended[1].reason, ItemEnd::error);
  EXPECT_EQ(ended[2].reason, ItemEnd::eof);
  EXPECT_GT(ended[2].played, milliseconds(500));
  EXPECT_EQ(rig.all<Started>().size(), 1u);
}

TEST_F(DeckTest, PlaysNothingOfARevokedOrder) {
  const auto item = film("a.mp4", 1);
  DeckRig rig;
  rig.await<Restarted>();
  ASSERT_TRUE(rig.deck().arm(rig.order(1, {item}, std::chrono::minutes(10))));
  rig.await<Ready>();
  rig.deck().revoke(1);
  EXPECT_EQ(rig.await<Finished>(), (Finished{1, OrderEnd::revoked, ""}));
  ASSERT_TRUE(rig.deck().arm(rig.order(2, {item})));  // its place is free again
  EXPECT_EQ(rig.await<Finished>(2), (Finished{2, OrderEnd::played, ""}));
  for (const auto& started : rig.all<Started>()) EXPECT_EQ(started.id, 2u);
}

TEST_F(DeckTest, EndsTheOrderAtAStop) {
  const auto item = film("a.mp4", 20);
  DeckRig rig;
  rig.await<Restarted>();
  ASSERT_TRUE(rig.deck().arm(rig.order(1, {item, item})));
  rig.await<Progress>();
  rig.deck().stop(1);
  EXPECT_EQ(rig.await<Finished>(), (Finished{1, OrderEnd::stopped, ""}));
  const auto ended = rig.all<ItemEnded>();
  ASSERT_EQ(ended.size(), 1u);  // the second item never began
  EXPECT_EQ(ended[0].reason, ItemEnd::stopped);
}

TEST_F(DeckTest, StartsAnOrderAfterTheOneThatIsStillOnAir) {
  const auto item = film("a.mp4", 1);
  DeckRig rig;
  rig.await<Restarted>();
  ASSERT_TRUE(rig.deck().arm(rig.order(1, {item})));
  rig.await<Started>();
  ASSERT_TRUE(rig.deck().arm(rig.order(2, {item})));
  rig.await<Finished>(2);
  const auto started = rig.all<Started>();
  ASSERT_EQ(started.size(), 2u);
  EXPECT_EQ(started[1].id, 2u);
  EXPECT_EQ(rig.all<ItemEnded>().at(0).id, 1u);
  EXPECT_EQ(rig.all<Finished>().at(0).id, 1u);
}

TEST_F(DeckTest, FetchesNothingForAPlaylistInDisguise) {
  const Listener listener;
  const std::vector<std::string> texts{
      "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n" + listener.url("a.ts") + "\n#EXT-X-ENDLIST\n",
      "#EXTM3U\n" + listener.url("a.mp4") + "\n", "# mpv EDL v0\n" + listener.url("a.mp4") + ",0,5\n",
      "ffconcat version 1.0\nfile '" + listener.url("a.mp4") + "'\n",
      "[playlist]\nFile1=" + listener.url("a.mp4") + "\n"};
  std::vector<DeckItem> items;
  for (const auto& content : texts) {
    items.push_back({folder_ / ("film" + std::to_string(items.size()) + ".mp4"), {}});
    write_file(items.back().path, content);
  }
  DeckRig rig;
  rig.await<Restarted>();
  ASSERT_TRUE(rig.deck().arm(rig.order(1, items)));
  rig.await<Finished>();
  const auto ended = rig.all<ItemEnded>();
  EXPECT_EQ(ended.size(), items.size());
  for (const auto& item : ended) EXPECT_EQ(item.reason, ItemEnd::error) << item.what;
  EXPECT_FALSE(listener.was_called());
}

TEST_F(DeckTest, GoesOnAfterTheProcessWasKilled) {
  const auto item = film("a.mp4", 1);
  DeckProcess::Options options;
  options.back_off = milliseconds(10);
  DeckRig rig(options);
  EXPECT_EQ(rig.await<Restarted>().restarts, 0u);
  ASSERT_TRUE(rig.deck().arm(rig.order(1, {item})));
  rig.await<Started>();
  ASSERT_EQ(::kill(rig.deck().pid(), SIGKILL), 0);
  EXPECT_NE(rig.await<Failed>().what.find("signal 9"), std::string::npos);
  EXPECT_FALSE(rig.deck().status().up);
  EXPECT_FALSE(rig.deck().status().on_air);
  EXPECT_FALSE(rig.deck().arm(rig.order(2, {item})));
  EXPECT_EQ(rig.await<Restarted>(2).restarts, 1u);
  ASSERT_TRUE(rig.deck().arm(rig.order(2, {item})));
  EXPECT_EQ(rig.await<Finished>(), (Finished{2, OrderEnd::played, ""}));
}

TEST_F(DeckTest, KillsAProcessThatHangs) {
  DeckRig rig(script("hello; exec sleep 600"));
  EXPECT_EQ(rig.await<Failed>().what, "hung, signal 9 (Killed)");
  EXPECT_EQ(rig.await<Restarted>(2).restarts, 1u);
}

TEST_F(DeckTest, KillsAProcessThatNeverGreets) {
  DeckRig rig(script("exec sleep 600"));
  EXPECT_EQ(rig.await<Failed>().what, "hung, signal 9 (Killed)");
}

TEST_F(DeckTest, RestartsAProcessThatDiesAgainAndAgain) {
  DeckRig rig(script("exit 3"));
  EXPECT_EQ(rig.await<Failed>(4).what, "ended, exit 3");
  EXPECT_FALSE(rig.deck().arm(rig.order(1, {{"/a", {}}})));
}

TEST_F(DeckTest, SaysWhenThereIsNoProgram) {
  DeckProcess::Options options;
  options.program = folder_ / "nowhere";
  DeckRig rig(options);
  EXPECT_NE(rig.await<Failed>().what.find("nowhere"), std::string::npos);
}

// Pictures at uneven times, six channels, one of a telephone, pictures without any times: what plays is as
// long as the file.
TEST_F(DeckTest, PlaysUncommonFilmsToTheirEndAtTheirPace) {
  const std::string x264 = "-c:v libx264 -preset ultrafast -g 25 ";
  const std::string six = "-af 'pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0' -c:a ac3";
  const auto file = [&](const char* name, const std::string& options) {
    return DeckItem{make_media(folder_ / name, options), std::chrono::seconds(2)};
  };
  const std::vector<DeckItem> items{
      file("vfr.mkv", picture(2) + sound(2) + x264 +
                          "-vf \"select='not(between(mod(n,7),2,4))'\" -fps_mode vfr -c:a aac"),
      file("surround.mkv", picture(2) + sound(2) + x264 + six),
      file("telephone.wav", sound(2) + "-c:a pcm_alaw -ac 1 -ar 8000"), file("bare.h264", picture(2) + x264)};
  DeckRig rig;
  rig.await<Restarted>();
  ASSERT_TRUE(rig.deck().arm(rig.order(1, items)));
  EXPECT_EQ(rig.await<Finished>(), (Finished{1, OrderEnd::played, ""}));
  for (const auto& ended : rig.all<ItemEnded>()) {
    EXPECT_EQ(ended.reason, ItemEnd::eof) << ended.item;
    EXPECT_NEAR(static_cast<double>(ended.played.count()), 2000, 400) << ended.item;
  }
  EXPECT_EQ(rig.all<ItemEnded>().size(), items.size());
}

TEST_F(DeckTest, IsStartedByTheServiceManagerUnderItsOwnAccount) {
  const auto item = speech("a.mp3", 1);
  DeckProcess::Options options;
  options.door = folder_ / "deck.sock";
  const Activation service(options.door, {helper_program("edustation-deck").string(), "--options-first"});
  DeckRig rig(options);
  rig.await<Restarted>();
  EXPECT_EQ(rig.deck().pid(), -1);
  EXPECT_EQ(rig.deck().status().video_output, "null") << "the options were not read";
  ASSERT_TRUE(rig.deck().arm(rig.order(1, {item})));
  EXPECT_EQ(rig.await<Finished>(), (Finished{1, OrderEnd::played, ""}));
  rig.shutdown();
}

TEST_F(DeckTest, LeavesOneOfTheServiceManagerThatHangsAndAsksForAnother) {
  auto options = script("read -r options; hello; cat >/dev/null");
  options.door = folder_ / "deck.sock";
  const Activation service(options.door, {options.program.string()});
  DeckRig rig(options);
  EXPECT_EQ(rig.await<Failed>().what, "hung, no status");
  EXPECT_EQ(rig.await<Restarted>(2).restarts, 1u);
  rig.shutdown();
}

TEST_F(DeckTest, SaysWhenTheServiceManagerDoesNotListen) {
  DeckProcess::Options options;
  options.door = folder_ / "nobody.sock";
  options.back_off = milliseconds(10);
  DeckRig rig(options);
  EXPECT_NE(rig.await<Failed>(2).what.find("nobody.sock"), std::string::npos);
}

TEST_F(DeckTest, CountsGarbageAndGoesOn) {
  auto options = script(
      "echo garbage; echo '{\"event\":\"ready\"}'; hello; echo '{\"event\":\"ready\",\"id\":4}'; cat "
      ">/dev/null");
  options.hang_limit = std::chrono::seconds(60);
  DeckRig rig(options);
  EXPECT_EQ(rig.await<Ready>().id, 4u);
  EXPECT_EQ(rig.deck().status().garbage_lines, 2u);
}

TEST_F(DeckTest, KillsAProcessThatSendsAnEndlessLine) {
  auto options = script("exec yes | tr -d '\\n'");
  options.hang_limit = std::chrono::seconds(60);
  DeckRig rig(options);
  EXPECT_TRUE(rig.await<Failed>().what.starts_with("sent an endless line"));
}

TEST_F(DeckTest, KillsAProcessThatReadsNothing) {
  auto options = script("hello; exec sleep 600");
  options.hang_limit = std::chrono::seconds(60);
  DeckRig rig(options);
  rig.await<Restarted>();
  const auto order = rig.order(1, std::vector<DeckItem>(kMostItems, {"/" + std::string(3000, 'x'), {}}));
  for (int i = 0; i < 20 && rig.deck().arm(order); ++i) continue;
  EXPECT_FALSE(rig.deck().status().up);
  EXPECT_TRUE(rig.await<Failed>().what.starts_with("ended"));
}

TEST_F(DeckTest, RefusesAnOrderThatCannotBeSent) {
  auto options = script("hello; cat >/dev/null");
  options.hang_limit = std::chrono::seconds(60);
  DeckRig rig(options);
  rig.await<Restarted>();
  EXPECT_TRUE(rig.deck().arm(rig.order(5, {})));
  EXPECT_EQ(rig.await<Finished>().reason, OrderEnd::refused);
  EXPECT_TRUE(rig.deck().arm(rig.order(6, {{"relative.mp4", {}}})));
  EXPECT_EQ(rig.await<Finished>(2).id, 6u);
}

TEST_F(DeckTest, EndsEvenWhenTheProcessDoesNotWantTo) {
  for (const char* body : {"hello; trap '' TERM; exec sleep 600", "exit 1"}) {
    auto options = script(body);
    options.hang_limit = options.back_off = std::chrono::seconds(600);
    DeckRig rig(options);
    rig.run_until([&] { return !rig.heard().empty(); });
    const auto pid = rig.deck().pid();
    rig.shutdown();  // neither waits for a process that sleeps, nor for the next start
    EXPECT_TRUE(pid < 0 || ::kill(pid, 0) == -1);
  }
}

TEST_F(DeckTest, QuitsCleanlyInTheMiddleOfAPlay) {
  const auto item = film("a.mp4", 20);
  DeckRig rig;
  rig.await<Restarted>();
  ASSERT_TRUE(rig.deck().arm(rig.order(1, {item})));
  rig.await<Started>();
  rig.shutdown();
  EXPECT_EQ(rig.deck().pid(), -1);
  EXPECT_TRUE(rig.all<Failed>().empty());
}

}  // namespace
}  // namespace edu::player
