// The deck with a real window, on an X server of the test's own without a screen.
#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "tests/player/deck_rig.h"
#include "tests/player/media.h"

namespace edu::player {
namespace {

using namespace test;
using edu::test::TempFolder;

struct Pixel {
  int red = 0, green = 0, blue = 0;
  int light() const { return red + green + blue; }
};

struct Screen {
  std::size_t width = 0, height = 0;
  std::vector<Pixel> pixels;
  const Pixel& at(std::size_t x, std::size_t y) const { return pixels.at(y * width + x); }
  struct Box {
    std::size_t left = 0, top = 0, right = 0, bottom = 0;  // half open
    double ratio() const { return static_cast<double>(right - left) / static_cast<double>(bottom - top); }
  };
  // What is lit.
  Box box() const {
    Box box{width, height, 0, 0};
    for (std::size_t y = 0; y < height; ++y)
      for (std::size_t x = 0; x < width; ++x) {
        if (at(x, y).light() < 60) continue;
        box.left = std::min(box.left, x), box.right = std::max(box.right, x + 1);
        box.top = std::min(box.top, y), box.bottom = std::max(box.bottom, y + 1);
      }
    return box;
  }
};

// Xvfb chooses a free display itself and tells its number; its picture lies in a file (-fbdir).
class XServer {
 public:
  explicit XServer(const fs::path& folder) : folder_(folder) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    Fd read_end(ends[0]), write_end(ends[1]);
    pid_ = ::fork();
    if (pid_ == 0) {
      const auto number = std::to_string(::dup(write_end.get()));  // the copy survives exec
      ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
      ::execlp("Xvfb", "Xvfb", "-displayfd", number.c_str(), "-noreset", "-nolisten", "tcp", "-screen", "0",
               "640x360x24", "-fbdir", folder_.c_str(), nullptr);
      ::_exit(127);
    }
    write_end.reset();
    char byte = 0;
    while (::read(read_end.get(), &byte, 1) == 1 && byte != '\n') display_ += byte;
  }
  ~XServer() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  const std::string& display() const { return display_; }
  // The screen as it is now: an XWD file, a header of 32-bit numbers in the order of the network, then lines
  // of four bytes a pixel, blue first.
  Screen screen() const {
    const auto bytes = read_bytes(folder_ / "Xvfb_screen0");
    const auto number = [&](std::size_t place) {
      std::uint32_t value = 0;
      for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | static_cast<std::uint8_t>(bytes.at(4 * place + i));
      return static_cast<std::size_t>(value);
    };
    Screen screen;
    screen.width = number(4), screen.height = number(5);
    const auto start = number(0) + number(19) * 12, line = number(12);
    for (std::size_t y = 0; y < screen.height; ++y)
      for (std::size_t x = 0; x < screen.width; ++x) {
        const auto at = start + y * line + 4 * x;
        const auto part = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes.at(at + i)); };
        screen.pixels.push_back({part(2), part(1), part(0)});
      }
    return screen;
  }
  // How many bytes of the screen are not black.
  std::size_t lit() const {
    const auto picture = read_bytes(folder_ / "Xvfb_screen0");
    std::size_t count = 0;
    for (std::size_t i = 4096; i < picture.size(); ++i) count += picture[i] != 0 ? 1 : 0;
    return count;
  }

 private:
  fs::path folder_;
  std::string display_;
  pid_t pid_ = -1;
};

TEST(DeckOnX11, ShowsThePictureAndThenBlackAgain) {
  const TempFolder folder;
  const XServer server(folder.path());
  ASSERT_FALSE(server.display().empty()) << "Xvfb did not start";
  ::setenv("DISPLAY", (":" + server.display()).c_str(), 1);
  ::unsetenv("WAYLAND_DISPLAY");
  const auto film = make_media(folder / "a.mp4", picture(2) + "-c:v libx264 -preset ultrafast -g 25");

  DeckRig rig({}, "x11");
  rig.await<Restarted>();
  EXPECT_TRUE(rig.deck().status().video_output == "x11" || rig.deck().status().video_output == "gpu")
      << rig.deck().status().video_output;
  const auto before = server.lit();
  ASSERT_TRUE(rig.deck().arm(rig.order(1, {{film, milliseconds(2000)}}, milliseconds(800))));
  rig.await<Ready>();
  rig.await<Started>();
  EXPECT_GT(server.lit(), before + 20'000);
  const auto ended = rig.await<ItemEnded>();
  EXPECT_GT(ended.played, milliseconds(1500));
  rig.await<Finished>();
  EXPECT_TRUE(rig.run_until([&] { return server.lit() < before + 20'000; }));
  ::unsetenv("DISPLAY");
}

// A film on the screen, as it stands a moment after its start.
class FilmOnX11 : public testing::Test {
 protected:
  FilmOnX11() {
    ::setenv("DISPLAY", (":" + server_.display()).c_str(), 1);
    ::unsetenv("WAYLAND_DISPLAY");
    rig_.emplace(DeckProcess::Options(), "x11");
    rig_->await<Restarted>();
  }
  ~FilmOnX11() override { ::unsetenv("DISPLAY"); }
  Screen shown(const fs::path& film) {
    EXPECT_TRUE(rig_->deck().arm(rig_->order(1, {{film, milliseconds(3000)}}, milliseconds(800))));
    rig_->await<Started>();
    rig_->await<Progress>();
    return server_.screen();
  }
  fs::path film(const std::string& name, const std::string& arguments) {
    return make_media(folder_ / name, arguments);
  }

  const TempFolder folder_;
  const XServer server_{folder_.path()};
  std::optional<DeckRig> rig_;
};

// The left half red and the right half blue, for three seconds.
const std::string kHalves =
    "-f lavfi -i color=red:size=160x180:rate=25:duration=3 -f lavfi -i "
    "color=blue:size=160x180:rate=25:duration=3 "
    "-filter_complex \"[0][1]hstack,format=yuv420p\" ";

TEST_F(FilmOnX11, OfAPhoneStandsUpright) {
  film("lying.mp4", kHalves + "-c:v libx264 -preset ultrafast");
  const auto upright =
      film("a.mp4", "-i '" + (folder_ / "lying.mp4").string() + "' -c copy -metadata:s:v:0 rotate=90");
  const auto screen = shown(upright);
  const auto box = screen.box();
  EXPECT_NEAR(box.ratio(), 180.0 / 320, 0.05);
  const auto middle = (box.left + box.right) / 2, quarter = (box.bottom - box.top) / 4;
  const auto &upper = screen.at(middle, box.top + quarter), &lower = screen.at(middle, box.bottom - quarter);
  EXPECT_GT(upper.blue, 150);
  EXPECT_GT(lower.red, 150);
}

TEST_F(FilmOnX11, WithPixelsThatAreNoSquaresHasItsShape) {
  const auto screen = shown(film("a.mp4", kHalves + "-aspect 16:10 -c:v libx264 -preset ultrafast"));
  EXPECT_NEAR(screen.box().ratio(), 1.6, 0.05);
}

TEST_F(FilmOnX11, OfTenBitsHasItsColours) {
  const auto screen = shown(film("a.mkv", kHalves + "-pix_fmt yuv420p10le -c:v libx265 -preset ultrafast"));
  const auto box = screen.box();
  const auto y = (box.top + box.bottom) / 2, quarter = (box.right - box.left) / 4;
  EXPECT_GT(screen.at(box.left + quarter, y).red, 150);
  EXPECT_GT(screen.at(box.right - quarter, y).blue, 150);
}

// Neighbouring lines of an interlaced picture are of two instants: the edge of what moves looks like a comb.
double comb(const Screen& screen) {
  const auto box = screen.box();
  double neighbours = 0, next_but_one = 0;
  for (auto y = box.top + 10; y + 12 < box.bottom; ++y)
    for (auto x = box.left; x < box.right; ++x) {
      neighbours += std::abs(screen.at(x, y).light() - screen.at(x, y + 1).light());
      next_but_one += std::abs(screen.at(x, y).light() - screen.at(x, y + 2).light());
    }
  return neighbours / std::max(1.0, next_but_one);
}

TEST_F(FilmOnX11, OfHalfPicturesShowsNoComb) {
  // White bars that move by six pixels from half picture to half picture.
  const auto screen = shown(
      film("a.mpg",
           "-f lavfi -i \"color=black:size=320x180:rate=50:duration=3,geq=lum='16+219*lt(mod(X+6*N,80),40)'"
           ":cb=128:cr=128,tinterlace=interleave_top,fieldorder=tff\" -c:v mpeg2video -q:v 2 "
           "-flags +ildct+ilme"));
  EXPECT_LT(comb(screen), 2);
}

// Plays to its end, and says so.
class FilmOfSound : public testing::TestWithParam<const char*> {};

TEST_P(FilmOfSound, PlaysToItsEnd) {
  const TempFolder folder;
  const auto film = make_media(folder / "a.mkv", picture(2) + sound(2) + GetParam());
  DeckRig rig;
  rig.await<Restarted>();
  ASSERT_TRUE(rig.deck().arm(rig.order(1, {{film, milliseconds(2000)}})));
  const auto ended = rig.await<ItemEnded>();
  EXPECT_EQ(ended.reason, ItemEnd::eof);
  EXPECT_GT(ended.played, milliseconds(1800));
  EXPECT_EQ(ended.errors, 0);
}

INSTANTIATE_TEST_SUITE_P(Sounds, FilmOfSound,
                         testing::Values("-c:a pcm_s16le -ar 8000 -ac 1", "-c:a ac3 -ac 6",
                                         "-c:a libmp3lame -ac 1",
                                         "-vf \"select='lt(mod(n,10),3)'\" -vsync vfr -c:a aac"));

}  // namespace
}  // namespace edu::player
