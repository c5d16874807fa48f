// edustation-probe FILE: reads one untrusted media file and answers one line of JSON.
//
// Comes in: the path of one file, from whoever dropped it; limits as options. Leaves: one line on standard
// output, what the file holds or {"refused": why} (docs/formats.md), and exit 0; any other end means that the
// file broke the process, and the daemon refuses the file. One thread. The file is opened first; then the
// process gives up files, network, programs and everything else (base/sandbox/sandbox.h); only then is the
// first byte looked at. So a fault in one of libav's hundreds of readers gets an attacker a process that can
// do nothing but compute and talk to a strict parser. This is the only program of the station that includes
// libav.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/fd.h"
#include "base/libav/libav.h"
#include "base/sandbox/sandbox.h"
#include "player/probe/media_info.h"
#include "player/probe/probe_reader.h"

namespace {

using namespace edu;
using namespace edu::player;

// Not through a symbolic link, and without waiting for the writer of a FIFO.
Result<Fd> open_regular(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd && (errno == ELOOP || errno == ENXIO)) return refuse("player.no_file");
  if (!fd) return refuse("player.unreadable", {{"what", std::strerror(errno)}});
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) return refuse("player.no_file");
  return fd;
}

std::string answer(const std::string& path, const sandbox::Limits& limits) {
  const auto fd = open_regular(path);
  keep_loaded({"GB18030"});
  sandbox::enter(limits);
  if (!fd) return to_line(fd.error());
  const auto media = read_media(fd->get(), limits.seconds);
  return media ? to_line(*media) : to_line(media.error());
}

void write_all(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written <= 0) ::_exit(1);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

int main(int argc, char** argv) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  CLI::App app("Reads one media file in a sandbox and answers one JSON object.");
  std::string path;
  sandbox::Limits limits;
  app.add_option("--seconds", limits.seconds, "processor time, s")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  app.add_option("--memory-mb", limits.memory_mb, "address space, MiB")
      ->check(CLI::Range(64, 1 << 20))
      ->capture_default_str();
  app.add_option("FILE", path, "the file")->required();
  CLI11_PARSE(app, argc, argv);
  ::av_log_set_level(AV_LOG_QUIET);
  try {
    write_all(answer(path, limits) + "\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "edustation-probe: %s\n", error.what());
    return 1;
  }
  ::_exit(0);  // the kernel tears all of it down faster than libav would
}
