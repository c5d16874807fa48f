// A live channel that is aimed at a station costs one line, and nothing is kept of it.
#include "receiver/multicast/live_segments.h"

#include "bench.h"

namespace edu::multicast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LiveSession : public InSession {
 protected:
  void send(std::uint64_t toi, const std::string& name, const Bytes& bytes, const std::string& type = "",
            bool fti = true) {
    auto file = file_of({0, toi}, name, bytes, no_code(0));
    file.content_type = type;
    receiver_.take(sender_.fdt(++instance_, {file}));
    receiver_.take(sender_.object({0, toi}, no_code(0), bytes, fti));
    receiver_.settle();
  }
  static Bytes box(const char* name) {
    auto bytes = noise(900);
    std::copy_n(name, 4, bytes.begin() + 4);
    return bytes;
  }
  std::uint32_t instance_ = 0;
};

TEST_F(LiveSession, HasOneRecordForAllItsSegments) {
  send(1, "manifest.mpd", noise(300), "application/dash+xml");
  send(2, "init-stream0.m4s", box("ftyp"));
  for (std::uint64_t i = 0; i < 300; ++i)
    send(3 + i, "chunk-stream0-" + std::to_string(i) + ".m4s", box("styp"));
  EXPECT_THAT(names(), ElementsAre("init-stream0.m4s!multicast.live_channel"));
  EXPECT_TRUE(fs::is_empty(folder_ / "partial"));
  EXPECT_TRUE(fs::is_empty(folder_ / "ready"));
  EXPECT_THAT(receiver_.sessions.status(10), IsEmpty());
  const auto notes = receiver_.sessions.notes(receiver_.now);
  const auto told =
      std::ranges::find(notes, "multicast.live_session", [](const Note& one) { return one.what.code; });
  ASSERT_NE(told, notes.end());
  EXPECT_EQ(told->what.args.at("count"), "302");
}

TEST_F(LiveSession, IsKnownByItsFirstBytesWhereItsNamesDoNotTell) {
  for (std::uint64_t i = 0; i < 50; ++i)
    send(1 + i, "v/" + std::to_string(i) + ".mp4", box("moof"), "video/mp4");
  EXPECT_THAT(names(), ElementsAre("0.mp4!multicast.live_channel"));
  EXPECT_TRUE(fs::is_empty(folder_ / "ready"));
}

TEST_F(LiveSession, IsKnownByAPlaylistAndSegmentsThatComeAndGo) {
  send(1, "live.m3u8", noise(200), "application/vnd.apple.mpegurl");
  for (std::uint64_t i = 0; i < 50; ++i)
    send(2 + i, "seg" + std::to_string(i) + ".ts", noise(900, static_cast<unsigned>(i)));
  EXPECT_LE(receiver_.ended.size(), 3u);
  EXPECT_EQ(names().back(), "seg2.ts!multicast.live_channel");
}

Bytes text(const std::string& what) { return {what.begin(), what.end()}; }

TEST_F(LiveSession, IsKnownByItsPlaylistBeforeAnySegmentIsWhole) {
  const auto playlist = [](int first) {
    return text("#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:" + std::to_string(first) +
                "\n#EXTINF:6.0,\nhttp://cdn/v/seg" + std::to_string(first) + ".ts?k=1\n");
  };
  const auto segment = file_of({0, 2}, "seg7.ts", content_, no_code(0));
  receiver_.take(sender_.fdt(100, {segment}));
  auto packets = sender_.object({0, 2}, no_code(0), content_);
  packets.pop_back();
  receiver_.take(packets);
  send(1, "live.m3u8", playlist(7), "application/vnd.apple.mpegurl");
  for (std::uint64_t i = 8; i < 50; ++i)
    send(i, "seg" + std::to_string(i) + ".ts", noise(900, static_cast<unsigned>(i)));
  EXPECT_THAT(names(), ElementsAre("live.m3u8!multicast.live_channel"));
  EXPECT_TRUE(fs::is_empty(folder_ / "partial"));
  EXPECT_TRUE(fs::is_empty(folder_ / "ready"));
}

TEST_F(LiveSession, IsKnownByAPlaylistThatComesBeforeTheListOfFiles) {
  const auto playlist = text("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:6.0,\nseg7.ts\n");
  receiver_.take(sender_.object({0, 1}, no_code(0), playlist));
  receiver_.take(sender_.object({0, 2}, no_code(0), content_));
  receiver_.take(sender_.fdt(1, {file_of({0, 1}, "live.m3u8", playlist, no_code(0)),
                                 file_of({0, 2}, "seg7.ts", content_, no_code(0))}));
  receiver_.settle();
  EXPECT_THAT(names(), ElementsAre("live.m3u8!multicast.live_channel"));
}

TEST(LiveSegments, AreThoseOfAPlaylistThatMovesOn) {
  const std::string moving = "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE: 12\n#EXTINF:6,\na1.ts\n";
  EXPECT_TRUE(LiveSegments().read_playlist(moving));
  EXPECT_TRUE(LiveSegments().read_playlist("<?xml version='1.0'?><MPD type=\"dynamic\" id='a'><Period/>"));
  for (const auto* still : {"#EXTM3U\n#EXTINF:60,\nlesson1.ts\n", "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\na1.ts\n",
                            "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:12\na12.ts\n#EXT-X-ENDLIST\n",
                            "<MPD type='static'>", "<MPD", "", "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:"})
    EXPECT_FALSE(LiveSegments().read_playlist(still)) << still;
}

TEST_F(LiveSession, KeepsNobodyFromSendingCoursesWithNumbers) {
  std::vector<flute::File> files;
  for (std::uint64_t i = 1; i <= 20; ++i)
    files.push_back(file_of({0, i}, "lesson" + std::to_string(i) + ".mp4", content_, no_code(0)));
  files.push_back(file_of({0, 99}, "list.m3u8", noise(100), no_code(0)));
  receiver_.take(sender_.fdt(1, files));
  for (std::uint64_t i = 1; i <= 20; ++i) receiver_.take(sender_.object({0, i}, no_code(0), content_));
  receiver_.settle();
  EXPECT_EQ(receiver_.ended.size(), 20u);
  EXPECT_TRUE(
      std::ranges::none_of(receiver_.ended, [](const Ended& one) { return one.refusal.has_value(); }));
}

TEST_F(LiveSession, HasNoSecondRecordAfterARestart) {
  send(1, "a1.m4s", box("styp"));
  ASSERT_EQ(receiver_.ended.size(), 1u);
  receiver_.done.add(receiver_.ended[0].key);  // it is recorded
  Receiver restarted(folder_.path(), files_);
  restarted.take(sender_.fdt(2, {file_of({0, 2}, "a2.m4s", content_, no_code(0))}));
  EXPECT_TRUE(restarted.ended.empty());
}

}  // namespace
}  // namespace edu::multicast
