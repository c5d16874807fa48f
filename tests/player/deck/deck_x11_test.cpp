// The deck with a real window, on an X server of the test's own without a screen.
#include <cstdlib>
#include <string>

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

}  // namespace
}  // namespace edu::player
