// edustation-deck: plays programmes on the screen; the only program of the station that includes libmpv.
//
// Comes in: orders, one JSON object per line, on standard input (deck_messages.h, docs/formats.md). Leaves:
// events, one per line, on standard output, and the picture and the sound. One thread of ours: an Asio loop
// for the lines, for the timer on which an armed order fires, and for mpv's events, which mpv's own threads
// only announce by a post. One mpv handle for the life of the process, never created again for a file. It is
// confined before it looks at a file (base/sandbox): it reads courseware and what draws and sounds,
// writes to devices alone, and has no network, no programs and no other processes. When standard input closes
// the daemon is gone, and the process ends; when it crashes or hangs, the daemon starts another
// (deck_process.h). Under systemd it has an account of its own (systemd/edustation-deck@.service): then it is
// no child of the daemon, and has its options as the first line.
#include <algorithm>
#include <chrono>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sandbox/sandbox.h"
#include "player/deck/deck_channel.h"
#include "player/deck/deck_mpv.h"
#include "player/deck/order_player.h"

#ifdef EDU_SANITIZED
// LeakSanitizer looks from a process of its own, which the deck's confinement forbids.
extern "C" int __lsan_is_turned_off();
extern "C" int __lsan_is_turned_off() { return 1; }
#endif

namespace {

using namespace edu;
using namespace edu::player;

class Program {
 public:
  explicit Program(const Output& output)
      : channel_(loop_.get_executor()),
        mpv_(loop_.get_executor(), output),
        orders_(loop_.get_executor(), mpv_, clock_,
                [this](const DeckMessage& message) { channel_.send(message); }) {
    mpv_.on_event([this](const PlayerEvent& event) { on(event); });
  }

  void run() {
    auto ended = [this](std::exception_ptr error) {
      if (error) failure_ = error;
      loop_.stop();
    };
    auto greeting = greet();
    asio::co_spawn(loop_, std::move(greeting), asio::detached);
    auto orders = channel_.read([this](const DeckOrder& order) { take(order); });
    asio::co_spawn(loop_, std::move(orders), std::move(ended));
    loop_.run();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  // A window takes mpv a moment to open, or to find that it cannot.
  awaitable<void> greet() {
    for (int i = 0; i < 100 && !mpv_.video_chosen(); ++i) co_await clock_.pause(milliseconds(20));
    Hello hello;
    hello.video_output = mpv_.video_output();
    hello.audio_output = mpv_.audio_output();
    hello.version = mpv_.version();
    channel_.send(hello);
  }

  void take(const DeckOrder& order) {
    if (const auto* arm = std::get_if<ArmOrder>(&order)) orders_.arm(*arm);
    if (const auto* to = std::get_if<OrderTo>(&order)) orders_.take(*to);
    if (const auto* ask = std::get_if<Ask>(&order)) mpv_.ask(ask->number);
    if (std::holds_alternative<Quit>(order)) loop_.stop();
  }

  void on(const PlayerEvent& event) {
    if (const auto* core = std::get_if<Core>(&event))
      channel_.send(Alive{core->number, mpv_.video_output(), mpv_.audio_output()});
    if (std::holds_alternative<Gone>(event)) loop_.stop();
    orders_.event(event);
  }

  asio::io_context loop_{1};
  SystemClock clock_;
  DeckChannel channel_;
  Mpv mpv_;
  OrderPlayer orders_;
  std::exception_ptr failure_;
};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// What mpv, the drivers and the servers of picture and sound need besides the courseware. /etc is not among
// it as a whole: the station's settings lie there.
sandbox::Doors doors(const std::vector<std::string>& readable) {
  sandbox::Doors doors;
  doors.readable = {"/usr",
                    "/lib",
                    "/lib32",
                    "/lib64",
                    "/sys",
                    "/proc/self",
                    "/proc/cpuinfo",
                    "/proc/meminfo",
                    "/proc/stat",
                    "/proc/asound",
                    "/proc/driver",
                    "/proc/sys/kernel",
                    "/etc/ld.so.cache",
                    "/etc/ld.so.preload",
                    "/etc/fonts",
                    "/etc/alsa",
                    "/etc/asound.conf",
                    "/etc/pulse",
                    "/etc/pipewire",
                    "/etc/drirc",
                    "/etc/glvnd",
                    "/etc/egl",
                    "/etc/vulkan",
                    "/etc/OpenCL",
                    "/etc/libva.conf",
                    "/etc/X11",
                    "/etc/machine-id",
                    "/etc/localtime",
                    "/etc/nsswitch.conf",
                    "/etc/passwd",
                    "/var/cache/fontconfig",
                    "/var/lib/alsa",
                    "/run/udev",
                    "/run/systemd/seats",
                    "/run/systemd/sessions"};
  doors.writable = {"/dev/dri",        "/dev/snd",
                    "/dev/shm",        "/dev/fb0",
                    "/dev/null",       "/dev/zero",
                    "/dev/full",       "/dev/random",
                    "/dev/urandom",    "/dev/tty",
                    "/dev/tty0",       "/dev/nvidiactl",
                    "/dev/nvidia0",    "/dev/nvidia-modeset",
                    "/dev/nvidia-uvm", "/dev/kfd",
                    "/dev/udmabuf",    "/dev/dma_heap",
                    "/dev/video10",    "/dev/video11",
                    "/dev/video12",    "/run/pulse"};
  for (const auto& path : readable) doors.readable.emplace_back(path);
  const auto home = variable("HOME");
  if (const auto authority = variable("XAUTHORITY"); !authority.empty())
    doors.readable.emplace_back(authority);
  if (!home.empty())
    for (const auto* file : {".Xauthority", ".config/pulse", ".config/pipewire", ".asoundrc"})
      doors.readable.push_back(std::filesystem::path(home) / file);
  if (const auto runtime = variable("XDG_RUNTIME_DIR"); !runtime.empty())
    doors.writable.emplace_back(runtime);
  return doors;
}

struct Options {
  Output output;
  std::vector<std::string> readable;
  bool as_first_line = false;
};

void describe(CLI::App& app, Options& options) {
  auto& output = options.output;
  app.add_option("--video-output", output.video)
      ->check(CLI::IsMember({"auto", "x11", "wayland", "drm", "none"}))
      ->capture_default_str();
  app.add_option("--audio-output", output.audio)
      ->check(CLI::IsMember({"auto", "none"}))
      ->capture_default_str();
  app.add_option("--fullscreen", output.fullscreen, "true or false")->capture_default_str();
  app.add_option("--volume", output.volume, "percent")->check(CLI::Range(0, 100))->capture_default_str();
  app.add_option("--readable", options.readable,
                 "a folder of courseware; nothing else of the station is read");
  app.add_flag("--options-first", options.as_first_line, "the other options come as the first line");
}

// Byte by byte: what follows the line is for the loop.
std::string first_line() {
  std::string line;
  for (char c = 0; ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n' && line.size() < kLongestLine;) line += c;
  return line;
}

Options told_first() {
  auto words = parse_options(first_line());
  if (!words) throw std::runtime_error("the first line holds no options");
  std::ranges::reverse(*words);  // as CLI11 takes them
  CLI::App app;
  Options options;
  describe(app, options);
  app.parse(*std::move(words));
  return options;
}

constexpr std::chrono::seconds kTimeToEnd{2};

// The daemon cannot kill what runs under another account: it hangs up. Whoever hangs is then ended from here;
// who does not has time to give the screen back. After the confinement, which holds for threads made later.
void end_after_hang_up() {
  std::thread([] {
    pollfd daemon{STDIN_FILENO, POLLRDHUP, 0};
    while (::poll(&daemon, 1, -1) < 0) {
    }
    std::this_thread::sleep_for(kTimeToEnd);
    ::_exit(1);
  }).detach();
}

}  // namespace

int main(int argc, char** argv) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::setlocale(LC_NUMERIC, "C");  // mpv demands it
  CLI::App app("Plays programmes; driven by JSON lines on standard input.");
  Options options;
  describe(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    const bool of_service = options.as_first_line;
    if (of_service) options = told_first();
    sandbox::enter_with_screen(doors(options.readable));
    if (of_service) end_after_hang_up();
    Program(options.output).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "edustation-deck: %s\n", error.what());
    return 1;
  }
  return 0;
}
