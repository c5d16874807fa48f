#include "player/probe/probe_signatures.h"

#include <gtest/gtest.h>

namespace edu::player {
namespace {

Bytes bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(Signatures, KnowListsOfOtherFiles) {
  for (const char* text :
       {"#EXTM3U\n#EXT-X-TARGETDURATION:10\nhttp://127.0.0.1/a.ts\n", "# mpv EDL v0\nhttp://h/a,0,5\n",
        "ffconcat version 1.0\nfile 'http://h/a.mp4'\n", "[playlist]\nFile1=http://h/a\n",
        "\xEF\xBB\xBF#EXTM3U\n", "<ASX version=\"3\"><entry><ref href=\"http://h\"/></entry></ASX>",
        "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn\">", "v=0\no=- 0 0 IN IP4 127.0.0.1\n",
        "\n\n  http://h/film.mp4\n", "RTSPtextRTSP://h/x", "# note\nfile ../x.mp4"})
    EXPECT_TRUE(looks_like_playlist(bytes(text))) << text;
}

TEST(Signatures, TakeNoOtherTextAndNoMediaForAList) {
  EXPECT_FALSE(looks_like_playlist({}));
  EXPECT_FALSE(looks_like_playlist(bytes("just some words")));
  EXPECT_FALSE(looks_like_playlist(bytes(std::string_view("ID3\x04\0\0\0\0\0\0 http://h/", 20))));
}

TEST(Signatures, ReadTheXingHeaderOfAnMp3) {
  std::string frame("\xFF\xFB\x90\x00", 4);  // MPEG-1 layer III, 44,100 Hz, stereo
  frame += std::string(32, '\0') + "Xing" + std::string("\0\0\0\x01\0\0\x03\xE8", 8) + std::string(100, '\0');
  EXPECT_EQ(mp3_declared(bytes(frame)), milliseconds(1000 * 1152 * 1000 / 44100));
  EXPECT_FALSE(mp3_declared(bytes(std::string_view(frame).substr(0, 40))));  // cut within it
  frame[43] = '\0';                                                          // without a frame count
  EXPECT_FALSE(mp3_declared(bytes(frame)));
  EXPECT_FALSE(mp3_declared(bytes("no sound")));
}

// Chunks are walked: a title may hold any word.
TEST(Signatures, TakeTheLengthOfAWavFromItsChunks) {
  const std::string format = std::string("fmt \x10\0\0\0\1\0\1\0\x40\x1F\0\0\x80\x3E\0\0\2\0\x10\0", 24);
  const std::string title = std::string("LIST\x12\0\0\0INFOINAM\6\0\0\0data 1", 26);
  const std::string data = std::string("data\0\x7D\0\0", 8);  // 32,000 bytes at 16,000 a second
  EXPECT_EQ(wav_declared(bytes(std::string("RIFF....WAVE") + format + title + data)), milliseconds(2000));
  EXPECT_EQ(wav_declared(bytes(std::string("RIFF....WAVE") + title + format + data)), milliseconds(2000));
}

TEST(Signatures, MeasureAnId3Tag) {
  EXPECT_EQ(id3v2_length(bytes(std::string_view("ID3\x04\0\0\0\0\x02\x01", 10))), 10u + 257u);
  EXPECT_EQ(id3v2_length(bytes("ID3")), 0u);
  EXPECT_EQ(id3v2_length(bytes("something else")), 0u);
}

TEST(Signatures, AreNotLedAstrayByShortHeads) {
  std::string asf = std::string("\xA1\xDC\xAB\x8C\x47\xA9\xCF\x11\x8E\xE4\x00\xC0\x0C\x20\x53\x65", 16);
  const std::vector<std::string> heads{asf, "avih", "RIFFxxxxWAVEfmt data",
                                       "RIFF....AVI avih" + std::string(10, 'x')};
  for (const auto& whole : heads)
    for (std::size_t length = 0; length <= whole.size(); ++length) {
      const auto head = bytes(std::string_view(whole).substr(0, length));
      EXPECT_FALSE(asf_declared(head));
      EXPECT_FALSE(avi_declared(head));
      EXPECT_FALSE(wav_declared(head));
      EXPECT_FALSE(begins_like_mp4(head));
    }
}

TEST(Signatures, SeeWhetherTheLastPacketOfAProgramStreamIsWhole) {
  const std::string pack("\0\0\1\xBA\x44\0\x04\0\x04\x01\x01\x89\xC3\xF8", 14);
  const std::string packet = std::string("\0\0\1\xE0\0\x0A", 6) + "0123456789";
  const std::string end("\0\0\1\xB9", 4);
  EXPECT_TRUE(program_stream_ends_whole(bytes(pack + packet)));
  EXPECT_TRUE(program_stream_ends_whole(bytes(pack + packet + end)));
  EXPECT_TRUE(program_stream_ends_whole(bytes(pack + packet + std::string(2048, '\0'))));
  EXPECT_TRUE(program_stream_ends_whole(bytes("no packs in here")));
  const auto whole = pack + packet;
  for (std::size_t length = 5; length < whole.size(); ++length) {
    if (length == pack.size()) continue;  // between two packets nothing can be seen
    EXPECT_FALSE(program_stream_ends_whole(bytes(std::string_view(whole).substr(0, length)))) << length;
  }
}

TEST(Signatures, UndoGbkThatWasReadAsLatin1) {
  EXPECT_EQ(undo_latin1("\xC3\x96\xC3\x90\xC3\x8E\xC3\x84 1"), "中文 1");  // D6 D0 CE C4 as code points
  EXPECT_FALSE(undo_latin1("Caf\xC3\xA9"));
  EXPECT_FALSE(undo_latin1("plain"));
  EXPECT_FALSE(undo_latin1("果树"));
  EXPECT_FALSE(undo_latin1("\xC3"));
}

}  // namespace
}  // namespace edu::player
