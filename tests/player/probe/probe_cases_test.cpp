// Files from the field (tests/cases/media), and their relatives, through the real probe process.
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "player/probe/probe.h"
#include "tests/player/media.h"
#include "tests/support/run.h"

namespace edu::player {
namespace {

using namespace test;
using edu::test::TempFolder;

class ProbeCases : public ::testing::Test {
 protected:
  Result<MediaInfo> examine(const fs::path& file) {
    return edu::test::run(loop_, Probe(clock_, settings_).examine(file));
  }
  // What it says of a file: the seconds that play, or why it is refused.
  std::string verdict(const fs::path& file) {
    const auto info = examine(file);
    if (info) return std::to_string((info->duration.count() + 500) / 1000) + " s, " + info->took;
    const auto how = info.error().args.find("how");
    return info.error().code + (how == info.error().args.end() ? "" : " " + how->second);
  }
  fs::path from_the_field(const std::string& name) {
    const auto stored = fs::path(EDU_SOURCE_FOLDER) / "tests/cases/media" / name;
    if (stored.extension() != ".gz") return stored;
    const auto whole = folder_ / stored.stem();
    const auto command = "gunzip -c '" + stored.string() + "' > '" + whole.string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0);
    return whole;
  }
  fs::path film(const std::string& name, const std::string& more = "") {
    return make_media(folder_ / name,
                      picture(6) + sound(6) + "-c:v libx264 -preset ultrafast -g 25 -c:a aac " + more);
  }
  // The same film with these bytes of it replaced, from and to in percent.
  fs::path with_hole(const fs::path& whole, int from, int to) {
    auto bytes = read_bytes(whole);
    const auto at = [&](int percent) { return bytes.size() * static_cast<std::size_t>(percent) / 100; };
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(at(from)),
              bytes.begin() + static_cast<std::ptrdiff_t>(at(to)), '\0');
    const auto path = folder_ / ("hole-" + whole.filename().string());
    write_file(path, bytes);
    return path;
  }

  TempFolder folder_;
  asio::io_context loop_;
  SystemClock clock_;
  config::Probe settings_;
};

TEST_F(ProbeCases, AreTakenWithTheLengthThatPlays) {
  for (const char* name : {"concat.mp3", "cat3.ts", "back.ts"})
    EXPECT_EQ(verdict(from_the_field(name)), "30 s, readable") << name;
  for (const char* name : {"dur_short.mkv", "sub_later.mkv", "wav_data_title.wav.gz", "adpcm.wav",
                           "avih_us_wrong.avi.gz", "rot.mp4"})
    EXPECT_EQ(verdict(from_the_field(name)), "10 s, readable") << name;
}

TEST_F(ProbeCases, GiveTheHeadersLengthBesideTheReadableOne) {
  const auto info = examine(from_the_field("dur_short.mkv"));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->declared, milliseconds(3000));
  EXPECT_EQ(info->readable, info->duration);
}

TEST_F(ProbeCases, AreRefusedAsEncryptedWhereTheyAre) {
  EXPECT_EQ(verdict(from_the_field("cenc.mp4")), "player.encrypted CENC");
  EXPECT_EQ(
      verdict(film("fragments.mp4",
                   "-encryption_scheme cenc-aes-ctr -encryption_key 76a6c65c5ea762046bd749a2e632ccbb "
                   "-encryption_kid a7e61c373e219033c21091fa607bf3b8 -movflags frag_keyframe+empty_moov")),
      "player.encrypted CENC");
  auto stream = read_bytes(film("a.ts"));
  for (std::size_t at = 0; at + 188 <= stream.size(); at += 188)
    if ((stream[at + 1] & 0x1F) != 0 && (stream[at + 1] & 0x1F) != 0x1F)
      stream[at + 3] |= static_cast<char>(0xC0);
  write_file(folder_ / "pay.ts", stream);
  EXPECT_EQ(verdict(folder_ / "pay.ts"), "player.encrypted pay TV");
}

TEST_F(ProbeCases, RefuseACssVobAndADrmWmv) {
  const auto whole = make_media(folder_ / "a.vob", picture(3) + sound(3) + "-target pal-dvd");
  auto bytes = read_bytes(whole);
  const std::string packet("\0\0\1\xE0", 4);
  for (auto at = bytes.find(packet); at != bytes.npos; at = bytes.find(packet, at + 4)) bytes[at + 6] |= 0x30;
  write_file(folder_ / "css.vob", bytes);
  EXPECT_EQ(verdict(folder_ / "css.vob"), "player.encrypted CSS");

  auto wmv = read_bytes(make_media(folder_ / "a.wmv", picture(3) + "-c:v wmv2"));
  const std::string object =
      std::string("\xFB\xB3\x11\x22\x23\xBD\xD2\x11\xB4\xB7\x00\xA0\xC9\x55\xFC\x6E", 16) +
      std::string("\x2C\0\0\0\0\0\0\0", 8) + std::string(20, '\0');
  wmv.insert(30, object);
  wmv[16] = static_cast<char>(wmv[16] + 44);  // the header's length; far from a carry in what ffmpeg writes
  write_file(folder_ / "drm.wmv", wmv);
  EXPECT_EQ(verdict(folder_ / "drm.wmv"), "player.encrypted Windows Media DRM");
}

TEST_F(ProbeCases, RefuseWhatDoesNotDecodeWithTheShare) {
  const auto whole = film("a.mp4", "-movflags faststart");
  const auto info = examine(with_hole(whole, 20, 95));
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, "player.damaged_pictures");
  EXPECT_EQ(info.error().args.at("share").substr(1), "0 %");
  EXPECT_EQ(verdict(with_hole(film("a.mkv"), 20, 95)), "player.holes");
  EXPECT_EQ(verdict(with_hole(film("b.ts"), 20, 95)), "player.holes");
  EXPECT_EQ(verdict(with_hole(whole, 60, 65)), "6 s, readable");  // a few lost pictures are no reason
}

TEST_F(ProbeCases, CountNoSubtitleChapterOrHeaderThatOutlastsTheFilm) {
  write_file(folder_ / "s.srt", "1\n00:00:01,000 --> 00:00:16,000\nHello\n");
  const auto words = " -i '" + (folder_ / "s.srt").string() + "' ";
  EXPECT_EQ(verdict(make_media(folder_ / "s.mp4",
                               picture(6) + words + "-c:v libx264 -preset ultrafast -c:s mov_text")),
            "6 s, readable");
  write_file(folder_ / "c.txt", ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=20\ntitle=a\n");
  const auto chapters = " -i '" + (folder_ / "c.txt").string() + "' -map_metadata 1 ";
  EXPECT_EQ(verdict(make_media(folder_ / "c.mp4", picture(6) + chapters + "-c:v libx264 -preset ultrafast")),
            "6 s, readable");
}

TEST_F(ProbeCases, TurnThePosterAsTheFilmIsShown) {
  const auto info = examine(from_the_field("rot.mp4"));
  ASSERT_TRUE(info);
  const auto at = info->poster.find(std::string("\xFF\xC0", 2));
  ASSERT_NE(at, std::string::npos);
  const auto number = [&](std::size_t i) {
    return static_cast<unsigned char>(info->poster[at + i]) << 8 |
           static_cast<unsigned char>(info->poster[at + i + 1]);
  };
  EXPECT_GT(number(5), number(7));  // height, width
}

}  // namespace
}  // namespace edu::player
