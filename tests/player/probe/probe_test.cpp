#include "player/probe/probe.h"

#include <algorithm>
#include <optional>
#include <random>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/messages.h"
#include "tests/player/media.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run.h"

namespace edu::player {
namespace {

using namespace test;
using edu::test::TempFolder;

class ProbeTest : public ::testing::Test {
 protected:
  Result<MediaInfo> examine(const fs::path& file) {
    return edu::test::run(loop_, Probe(clock_, settings_).examine(file));
  }
  std::string refusal_of(const fs::path& file) {
    const auto info = examine(file);
    return info ? "accepted as " + info->container : info.error().code;
  }
  // A program in the probe's place.
  fs::path program(const std::string& script) {
    auto path = folder_ / "probe.sh";
    write_file(path, "#!/bin/sh\n" + script);
    ::chmod(path.c_str(), 0700);
    return path;
  }
  Refusal with_program(const std::string& script) {
    const auto info = edu::test::run(loop_, Probe(clock_, settings_, program(script)).examine("/dev/null"));
    return info ? Refusal{"accepted", {}, {}} : info.error();
  }
  fs::path mp4() {
    return make_media(folder_ / "a.mp4",
                      picture(6) + sound(6) +
                          "-c:v libx264 -preset ultrafast -g 25 -c:a aac -movflags faststart "
                          "-metadata title=果树修剪 -metadata artist=李老师");
  }

  TempFolder folder_;
  asio::io_context loop_;
  SystemClock clock_;
  config::Probe settings_;
};

bool has_stream(const MediaInfo& info, const std::string& type, const std::string& codec) {
  return std::ranges::any_of(info.streams, [&](const auto& s) { return s.type == type && s.codec == codec; });
}

// In the size in which a JPEG says of itself that it is.
int jpeg_width(const std::string& jpeg) {
  const auto at = jpeg.find(std::string("\xFF\xC0", 2));
  if (at == std::string::npos || jpeg.size() < at + 9) return 0;
  return static_cast<unsigned char>(jpeg[at + 7]) << 8 | static_cast<unsigned char>(jpeg[at + 8]);
}

TEST_F(ProbeTest, DescribesAnMp4WithItsPoster) {
  const auto info = examine(mp4());
  ASSERT_TRUE(info.has_value()) << info.error().code;
  EXPECT_EQ(info->container, "mp4");
  EXPECT_NEAR(static_cast<double>(info->duration.count()), 6000, 100);
  EXPECT_EQ(info->duration, info->readable);
  EXPECT_EQ(info->size, static_cast<std::int64_t>(fs::file_size(folder_ / "a.mp4")));
  EXPECT_TRUE(has_stream(*info, "video", "h264"));
  EXPECT_TRUE(has_stream(*info, "audio", "aac"));
  EXPECT_EQ(info->streams[0].width, 320);
  EXPECT_EQ(info->tags, (std::map<std::string, std::string>{{"title", "果树修剪"}, {"lecturer", "李老师"}}));
  EXPECT_EQ(info->damaged, 0);
  EXPECT_TRUE(info->poster.starts_with("\xFF\xD8"));
  EXPECT_EQ(jpeg_width(info->poster), 320);
}

TEST_F(ProbeTest, MakesThePosterOfALargePictureSmall) {
  const auto info = examine(make_media(folder_ / "large.mp4",
                                       "-f lavfi -i testsrc2=size=1920x1080:rate=5:duration=1 "
                                       "-c:v libx264 -preset ultrafast"));
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(jpeg_width(info->poster), 640);
}

TEST_F(ProbeTest, DescribesProgramStreamsWmvAndMp3) {
  const auto mpg = examine(make_media(folder_ / "a.mpg", picture(4) + sound(4) + "-c:v mpeg2video -c:a mp2"));
  ASSERT_TRUE(mpg.has_value()) << mpg.error().code;
  EXPECT_EQ(mpg->container, "mpeg");
  EXPECT_EQ(mpg->declared, milliseconds(0));
  EXPECT_NEAR(static_cast<double>(mpg->duration.count()), 4000, 150);
  EXPECT_TRUE(has_stream(*mpg, "video", "mpeg2video"));
  EXPECT_FALSE(mpg->poster.empty());

  const auto wmv = examine(make_media(folder_ / "a.wmv", picture(4) + sound(4) + "-c:v wmv2 -c:a wmav2"));
  ASSERT_TRUE(wmv.has_value()) << wmv.error().code;
  EXPECT_EQ(wmv->container, "asf");
  EXPECT_NEAR(static_cast<double>(wmv->declared.count()), 4000, 150);

  const auto mp3 = examine(make_media(folder_ / "a.mp3", sound(4) + "-b:a 64k"));
  ASSERT_TRUE(mp3.has_value()) << mp3.error().code;
  EXPECT_EQ(mp3->container, "mp3");
  EXPECT_NEAR(static_cast<double>(mp3->readable.count()), 4000, 100);
  EXPECT_TRUE(mp3->poster.empty());
}

TEST_F(ProbeTest, TakesChineseTagsInTheEncodingInWhichTheyCome) {
  const auto mp3 = make_media(folder_ / "a.mp3", sound(2) + "-id3v2_version 0");
  std::string tag = "TAG\xB9\xFB\xCA\xF7\xD0\xDE\xBC\xF4";  // ID3v1: 果树修剪 in GBK
  tag.resize(128, '\0');
  write_file(mp3, read_bytes(mp3) + tag);
  const auto info = examine(mp3);
  ASSERT_TRUE(info.has_value()) << info.error().code;
  EXPECT_EQ(info->tags.at("title"), "果树修剪");
}

TEST_F(ProbeTest, RefusesTruncatedFilesWithWhatIsThereAndWhatShouldBe) {
  const std::vector<std::pair<std::string, std::string>> kinds{
      {"wmv", picture(6) + sound(6) + "-c:v wmv2 -c:a wmav2"},
      {"mp3", sound(6) + "-b:a 64k"},
      {"mkv", picture(6) + "-c:v libx264 -preset ultrafast"},
      {"avi", picture(6) + sound(6) + "-c:v mpeg4"},
      {"wav", sound(6)},
      {"flac", sound(6)}};
  std::vector<fs::path> files{mp4()};
  for (const auto& [ending, options] : kinds) files.push_back(make_media(folder_ / ("a." + ending), options));
  for (const auto& file : files) {
    EXPECT_TRUE(examine(file).has_value()) << file;
    const auto info = examine(cut(file, folder_ / "cut", 60));
    ASSERT_FALSE(info.has_value()) << file;
    EXPECT_EQ(info.error().code, "player.truncated") << file;
    EXPECT_EQ(info.error().args.at("declared"), "00:00:06") << file;
    EXPECT_LT(info.error().args.at("readable"), "00:00:05") << file;
    EXPECT_GT(info.error().args.at("readable"), "00:00:01") << file;
  }
}

TEST_F(ProbeTest, RefusesAnMp4WithoutItsIndex) {
  const auto whole = make_media(folder_ / "b.mp4", picture(2) + "-c:v libx264 -preset ultrafast");
  EXPECT_EQ(refusal_of(cut(whole, folder_ / "cut.mp4", 70)), "player.unfinished");
}

TEST_F(ProbeTest, RefusesAProgramStreamThatBreaksOffInAPacket) {
  const auto whole = make_media(folder_ / "a.mpg", picture(4) + sound(4) + "-c:v mpeg2video -c:a mp2");
  EXPECT_EQ(refusal_of(cut(whole, folder_ / "cut.mpg", 57)), "player.cut_off");
}

TEST_F(ProbeTest, RefusesWhatIsNoMedia) {
  write_file(folder_ / "empty.mp4", "");
  EXPECT_EQ(refusal_of(folder_ / "empty.mp4"), "player.empty");
  write_file(folder_ / "text.mp4", "This is a letter, not a film.\n");
  EXPECT_EQ(refusal_of(folder_ / "text.mp4"), "player.not_media");
  std::mt19937 random(1);
  std::string noise(100'000, '\0');
  for (auto& byte : noise) byte = static_cast<char>(random());
  write_file(folder_ / "noise.mp4", noise);
  EXPECT_EQ(refusal_of(folder_ / "noise.mp4"), "player.not_media");
  EXPECT_EQ(refusal_of(make_media(folder_ / "still.jpg", picture(1) + "-frames:v 1")), "player.not_media");
  write_file(folder_ / "s.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello\n");
  EXPECT_EQ(
      refusal_of(make_media(folder_ / "words.mkv", "-i '" + (folder_ / "s.srt").string() + "' -c:s srt")),
      "player.no_audio_or_video");
}

TEST_F(ProbeTest, RefusesLinksPipesAndFoldersWithoutWaiting) {
  fs::create_symlink(mp4(), folder_ / "link.mp4");
  EXPECT_EQ(refusal_of(folder_ / "link.mp4"), "player.no_file");
  ASSERT_EQ(::mkfifo((folder_ / "pipe.mp4").c_str(), 0600), 0);
  EXPECT_EQ(refusal_of(folder_ / "pipe.mp4"), "player.no_file");
  EXPECT_EQ(refusal_of(folder_.path()), "player.no_file");
  EXPECT_EQ(refusal_of(folder_ / "missing.mp4"), "player.unreadable");
}

TEST_F(ProbeTest, FetchesNothingForAPlaylistInDisguise) {
  const Listener listener;
  const std::vector<std::string> texts{
      "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n" + listener.url("a.ts") + "\n#EXT-X-ENDLIST\n",
      "# mpv EDL v0\n" + listener.url("a.mp4") + ",0,5\n",
      "ffconcat version 1.0\nfile '" + listener.url("a.mp4") + "'\n",
      "[playlist]\nFile1=" + listener.url("a.mp4") + "\n",
      "<?xml version=\"1.0\"?><MPD type=\"static\"><BaseURL>" + listener.url("") + "</BaseURL></MPD>",
      listener.url("a.mp4") + "\n"};
  for (const auto& content : texts) {
    write_file(folder_ / "film.mp4", content);
    EXPECT_EQ(refusal_of(folder_ / "film.mp4"), "player.playlist") << content;
  }
  EXPECT_FALSE(listener.was_called());
}

TEST_F(ProbeTest, SurvivesBitFlips) {
  const std::vector<fs::path> files{
      mp4(), make_media(folder_ / "a.mpg", picture(2) + sound(2) + "-c:v mpeg2video -c:a mp2"),
      make_media(folder_ / "a.wmv", picture(2) + "-c:v wmv2"),
      make_media(folder_ / "a.mp3", sound(2) + "-b:a 64k")};
  std::mt19937 random(7);
  std::int64_t damaged = 0;
  for (const auto& file : files) {
    const auto whole = read_bytes(file);
    for (int round = 0; round < 3; ++round) {
      auto bytes = whole;
      for (std::size_t i = 0; i < bytes.size() / 500; ++i)
        bytes[random() % bytes.size()] =
            static_cast<char>(bytes[random() % bytes.size()] ^ (1 << random() % 8));
      write_file(folder_ / "flipped", bytes);
      const auto info = examine(folder_ / "flipped");
      if (info) damaged += info->damaged;
      const bool explained = info || has_text(Language::en, "refusal." + info.error().code);
      EXPECT_TRUE(explained) << info.error().code;
    }
  }
  EXPECT_GT(damaged, 0);
}

TEST_F(ProbeTest, TakesTheFileNameAsItIs) {
  fs::copy_file(mp4(), folder_ / "-rf \n\xB9\xFB.mp4");
  EXPECT_TRUE(examine(folder_ / "-rf \n\xB9\xFB.mp4").has_value());
}

TEST_F(ProbeTest, RefusesTheFileWhenTheProbeCrashes) {
  EXPECT_EQ(with_program("kill -SEGV $$").code, "player.probe_crashed");
  const auto refusal = with_program("exit 3");
  EXPECT_EQ(refusal.code, "player.probe_crashed");
  EXPECT_EQ(refusal.args.at("how"), "exit 3");
  EXPECT_EQ(with_program("printf 'half an answer'; exit 0").code, "player.probe_crashed");
}

TEST_F(ProbeTest, KillsAProbeThatHangs) {
  edu::test::ManualClock clock(from_ms(0));
  Probe probe(clock, settings_, program("sleep 600"));
  std::optional<Result<MediaInfo>> answer;
  auto done = [&](std::exception_ptr, Result<MediaInfo> info) { answer = std::move(info); };
  asio::co_spawn(loop_, probe.examine("/dev/null"), done);
  edu::test::settle(loop_);
  clock.advance(2 * settings_.time_limit - milliseconds(1));
  edu::test::settle(loop_);
  EXPECT_FALSE(answer);
  clock.advance(milliseconds(1));
  loop_.restart();
  loop_.run();
  ASSERT_TRUE(answer);
  const auto limit = std::to_string(2 * settings_.time_limit.count());
  EXPECT_EQ(answer->error(), (Refusal{"player.probe_timeout", {{"seconds", limit}}, {}}));
}

TEST_F(ProbeTest, DoesNotWaitForAProbeThatHasClosedItsOutput) {
  EXPECT_EQ(with_program("exec </dev/null >/dev/null; sleep 600").code, "player.probe_crashed");
}

TEST_F(ProbeTest, RefusesTheFileWhenTheAnswerIsGarbageOrHuge) {
  EXPECT_EQ(with_program("echo garbage; sleep 600").code, "player.probe_garbage");
  EXPECT_EQ(with_program("echo '{\"container\":\"mp4\"}'").code, "player.probe_garbage");
  EXPECT_EQ(with_program("exec yes | tr -d '\\n'").code, "player.probe_garbage");
}

TEST_F(ProbeTest, SaysWhenThereIsNoProbe) {
  const auto info = edu::test::run(loop_, Probe(clock_, settings_, folder_ / "nowhere").examine("/dev/null"));
  ASSERT_FALSE(info.has_value());
  EXPECT_EQ(info.error().code, "player.probe_unavailable");
  EXPECT_EQ(info.error().kind, Refusal::Kind::unavailable);
}

TEST(ProbeTexts, StandInBothLanguagesForEveryRefusal) {
  for (const char* code :
       {"not_media", "empty", "truncated", "cut_off", "unfinished", "damaged", "no_audio_or_video",
        "playlist", "no_file", "unreadable", "probe_crashed", "probe_timeout", "probe_garbage",
        "probe_unavailable", "encrypted", "no_decoder", "damaged_pictures", "holes"})
    for (const auto language : {Language::zh, Language::en})
      EXPECT_TRUE(has_text(language, std::string("refusal.player.") + code)) << code;
}

}  // namespace
}  // namespace edu::player
