#include "player/probe/probe_ends.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/fd.h"
#include "tests/player/media.h"

namespace edu::player {
namespace {

using edu::test::TempFolder;

class Ends : public ::testing::Test {
 protected:
  bool torn(const std::string& bytes, std::string_view container) {
    test::write_file(folder_ / "file", bytes);
    const Fd fd(::open((folder_ / "file").c_str(), O_RDONLY | O_CLOEXEC));
    FileBytes file(fd.get(), static_cast<std::int64_t>(bytes.size()));
    return ends_torn(file, container);
  }
  TempFolder folder_;
};

std::string chunk(const std::string& name, const std::string& content, std::uint32_t length) {
  std::string out = name;
  for (int i = 0; i < 4; ++i) out += static_cast<char>(length >> (8 * i));
  return out + content;
}

TEST_F(Ends, AWavIsCutWhereItsSoundIsMissingAndNotByItsOtherChunks) {
  const std::string sound(1000, 'x');
  const auto file = [&](std::uint32_t length) {
    return "RIFF\1\2\3\4WAVE" + chunk("LIST", "INFO data in a title", 20) + chunk("data", sound, length);
  };
  EXPECT_FALSE(torn(file(1000), "wav"));
  EXPECT_TRUE(torn(file(2000), "wav"));
  EXPECT_FALSE(torn(file(0xFFFFFFFF), "wav"));  // through a pipe
  EXPECT_FALSE(torn(file(0x7FFFFFFF), "wav"));
  EXPECT_FALSE(torn(file(0), "wav"));
}

TEST_F(Ends, ATransportStreamIsCutWithinAPacket) {
  std::string packet = "\x47" + std::string(187, 'x');
  std::string file;
  for (int i = 0; i < 40; ++i) file += packet;
  EXPECT_FALSE(torn(file, "mpegts"));
  EXPECT_TRUE(torn(file + packet.substr(0, 50), "mpegts"));
  EXPECT_FALSE(torn(file + std::string(50, '\0'), "mpegts"));
}

TEST_F(Ends, AnMp3IsCutWithinAFrameAndTagsAreNone) {
  std::string frame = "\xFF\xFB\x90\x64" + std::string(413, 'x');  // 128 kbit/s, 44,100 Hz: 417 bytes
  std::string file;
  for (int i = 0; i < 40; ++i) file += frame;
  EXPECT_FALSE(torn(file, "mp3"));
  EXPECT_FALSE(torn(file + "TAG" + std::string(125, ' '), "mp3"));
  EXPECT_TRUE(torn(file + frame.substr(0, 100), "mp3"));
  EXPECT_TRUE(torn(file + frame.substr(0, 2), "mp3"));
}

TEST_F(Ends, NothingIsSaidOfWhatIsOdd) {
  for (const char* container :
       {"mp4", "matroska", "mxf", "avi",    "wav",  "w64", "aiff", "au",  "caf", "asf",
        "rm",  "flv",      "ogg", "mpegts", "mpeg", "mp3", "aac",  "ac3", "amr", "flac"})
    for (const auto& bytes :
         {std::string("x"), std::string(5000, '\0'), std::string(5000, '\xFF'), std::string(300, 'A')})
      torn(bytes, container);  // without a crash or an endless walk
  EXPECT_FALSE(torn(std::string(5000, 'A'), "matroska"));
}

}  // namespace
}  // namespace edu::player
